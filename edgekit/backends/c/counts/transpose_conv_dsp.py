"""Transposed convolution with the DSP instructions: pairs of pixels of every phase."""

from __future__ import annotations

from collections.abc import Iterator

from edgekit.backends.c.counts._bands import filled
from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

TURN = 8  # fours of taps


def features(fields: Fields) -> dict[str, float]:
    height, batches = ceil_div(fields["out_h"], fields["stride_h"]), fields["batches"]
    firsts = range(0, height, fields["lines"])
    parts = [part for first in firsts for part in _phases(fields, first)]
    bands = len(firsts) * batches * fields["copied"]
    return {
        "call": 1, "images": batches, "bands": batches * len(firsts), "copied_bands": bands,
        **{name: batches * times for name, times in together(parts).items()}, **_filled(fields, height),
        **clamped(fields, batches * fields["out_h"] * fields["out_w"] * fields["out_c"]),
    }  # fmt: skip


def _phases(fields: Fields, first: int) -> Iterator[dict[str, float]]:
    """Those of the band from line `first` on."""
    out_c = fields["out_c"]
    for ry, (rows, _) in enumerate(fields["down"].tolist()):
        lines = max(0, min(ceil_div(fields["out_h"] - ry, fields["stride_h"]) - first, fields["lines"]))
        for rx, (taps, _) in enumerate(fields["across"].tolist()):
            width = ceil_div(fields["out_w"] - rx, fields["stride_w"])
            below, odd = lines // 2 * (width > 0), lines % 2 * (width > 0)
            pairs, groups = below * width + odd * ceil_div(width, 2), rows * ceil_div(taps, 4)
            of_two, alone, turns = pairs * (out_c // 2), pairs * (out_c % 2), ceil_div(groups - 1, TURN)
            yield {
                "phases": 1, "below": below, "odd_lines": odd, "beside": odd * (width > 1), "last": odd * (width % 2),
                "pairs": pairs, "rows": pairs * rows, "words": pairs * rows * (taps // 4),
                "rests": pairs * rows * (taps % 4 > 0), "channels": of_two, "groups": of_two * groups,
                "turns": of_two * turns, "single": alone, "single_groups": alone * groups,
                "single_turns": alone * turns,
            }  # fmt: skip


def _filled(fields: Fields, height: int) -> dict[str, float]:
    """The band is one of a convolution of stride 1 whose windows have `reach` rows."""
    window = {"out_h": height, "stride_h": 1, "dilation_h": 1, "kernel_h": fields["reach"], "pad_top": fields["above"]}
    return filled({**fields, **window}, lambda f: ((first, f["lines"]) for first in range(0, height, f["lines"])))
