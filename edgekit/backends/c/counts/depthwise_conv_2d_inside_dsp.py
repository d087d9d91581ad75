"""Depthwise convolution with the DSP instructions, only of the taps inside: runs of pixels, four channels at a time."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from edgekit.backends.c.counts._window import Fields, clamped

GROUP = 4


def features(fields: Fields) -> dict[str, float]:
    batches, groups = fields["batches"], fields["channels"] // GROUP
    (rows, row_taps), (columns, column_taps) = (_windows(fields[name]) for name in ("rows", "columns"))
    pixels = batches * rows * columns
    return {
        "call": 1, "batches": batches, "row_runs": batches * fields["row_count"], "rows": batches * rows,
        "runs": batches * rows * fields["column_count"], "pixels": pixels, "groups": pixels * groups,
        "next_rows": batches * (row_taps - rows) * columns * groups, "taps": batches * row_taps * column_taps * groups,
        **clamped(fields, pixels * fields["channels"]),
    }  # fmt: skip


def _windows(runs: NDArray[Any]) -> tuple[int, int]:
    """Along one side: windows, and taps inside of all of them."""
    return int(runs[:, 0].sum()), int((runs[:, 0] * runs[:, 2]).sum())
