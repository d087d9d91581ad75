"""Convolutions of windows from two vectors on, two times four filters at a time."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D


def by_twos(d: Draw) -> Graph:
    """Pixels of 64, 128 and other channels; windows of up to three vectors, and of more."""
    (h, w), side = d.size(), d.of(1, 1, 1, 2)
    (kh, kw), in_c = d.turn((
        ((1, 1), 64), ((1, 1), 128), ((1, 1), 16 * d.of(3, 5, 6, 7, 9, 12)), ((3, 3), d.of(4, 5)), ((10, 4), 1),
        ((3, 3), 3), ((3, 3), d.of(2, 3)),
        ((5, 3), 3), ((3, 3), 16), ((3, 3), 32), ((3, 3), 8 * d.upto(6)), ((5, 5), d.upto(10)), ((1, 5), d.of(16, 70)),
    ))  # fmt: skip
    side = 1 if kw == 1 else side
    b = Builder("by_twos", (d.of(1, 1, 2), max(h, kh, 2), max(w, kw, 2), in_c), d.of(*range(1000)))
    op = Conv2D((side, side), padding="same" if d.of(0, 1, 1) else "valid")
    return b.ended(b.weighted(op, "input", (4 * d.upto(16), kh, kw, in_c), 0))


SAMPLERS: tuple[Sampler, ...] = ((by_twos, 120),)
