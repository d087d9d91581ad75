"""Rows of an input that kernels expand by bands: `expand_dsp.h`."""

from __future__ import annotations

from collections.abc import Iterator

from edgekit.backends.c.counts._bands import bands
from edgekit.backends.c.counts._window import Fields

ROWS = 3  # of a kernel


def expanded(fields: Fields) -> Iterator[tuple[int, int, int]]:
    """Rows above, inside and below the input, of every band of one input."""
    for first, lines in bands(fields):
        top, read = first * fields["stride_h"] - fields["pad_top"], (lines - 1) * fields["stride_h"] + ROWS
        above = max(0, -top)
        inside = min(fields["in_h"] - top, read) - above
        yield above, inside, read - above - inside


def is_clamped(fields: Fields) -> bool:
    """Whether `ek_clamp_all` does anything; which end it clamps makes no difference."""
    return bool(fields["low"] > -128 or fields["high"] < 127)
