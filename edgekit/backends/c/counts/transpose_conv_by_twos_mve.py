"""Transposed convolution two windows times four filters at a time: strips, pairs of windows, blocks of filters."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, ceil_div
from edgekit.backends.c.counts.transpose_conv_mve import windows

FEWEST, FIRST, ROUND = 2, 3, 15
WITHOUT_LOOP = (2, 3, 4, 8, 9)  # vectors


def features(fields: Fields) -> dict[str, float]:
    parts = [_phase(fields, ry, rx) for ry in range(fields["stride_h"]) for rx in range(fields["stride_w"])]
    return {**together(parts), "call": 1}


def _phase(fields: Fields, ry: int, rx: int) -> dict[str, float]:
    window, found = windows(fields, ry, rx, FEWEST)
    vectors, width = window["vectors"], window["out_w"]
    lines = fields["batches"] * window["out_h"] * (width > 0)
    pairs, blocks = lines * ceil_div(width, 2), fields["out_c"] // 4
    way = f"of_{vectors}" if vectors in WITHOUT_LOOP else "of_many"
    found |= {
        "phases": 1, "lines": lines, "jobs": lines * (1 + width % 2), f"pairs_{way}": pairs,
        f"blocks_{way}": pairs * (blocks - 1),
    }  # fmt: skip
    if way == "of_many":
        rounds = ceil_div(vectors - FIRST, ROUND)
        found |= {"vectors": pairs * blocks * (vectors - FIRST), "rounds": pairs * blocks * rounds}
    return found
