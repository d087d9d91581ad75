"""3x3 convolutions of three channels whose rows have an even number of pixels, outputs by eights."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D


def in_pairs(d: Draw) -> Graph:
    stride, valid = d.turn((1, 2)), d.of(0, 0, 1) == 1
    windows = 2 * d.upto(24)
    width = (windows - 1) * stride + 3 if valid else windows * stride - d.of(0, stride - 1)
    b = Builder("pairs", (d.of(1, 1, 2, 4), 4 + d.upto(40), width, 3), d.of(*range(1000)))
    op = Conv2D((stride, stride), padding="valid" if valid else "same")
    return b.ended(b.weighted(op, "input", (8 * d.of(1, 1, 2, 3), 3, 3, 3), 0))


SAMPLERS: tuple[Sampler, ...] = ((in_pairs, 28),)
