"""1x1 convolutions of 8 channels and many pixels."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D

SHAPES = (  # height, width, output channels
    *((12, 12, channels) for channels in (8, 8, 8, 10, 10, 10, 16, 16, 16)),
    *(
        (side, pixels // side, 8)
        for side, pixels in ((5, 25), (2, 36), (7, 49), (8, 64), (4, 68), (10, 100), (11, 121), (14, 196))
        for _ in range(3)
    ),
    *((8, 16 * groups, 8) for groups in (1, 2, 3, 5)),
    *((1, 128 * groups + pairs, 8) for groups, pairs in ((1, 1), (1, 7), (2, 4), (3, 12), (5, 2))),
    *((12, 12, channels) for channels in (2, 3, 4)),
    *((height, 144 // height, 3) for height in (1, 8, 9)),
    *((1, pixels, channels) for pixels in (8, 24, 45, 64, 75, 128, 199, 256) for channels in (3, 4)),
    *((1, 120 * groups + pairs, 8) for groups, pairs in ((1, 1), (1, 3), (2, 4), (3, 7), (5, 2))),
)


def chains(d: Draw) -> Graph:
    height, width, channels = d.turn(SHAPES)
    b = Builder("chains", (1, height, width, 8), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(), "input", (channels, 1, 1, 8), 0))


SAMPLERS: tuple[Sampler, ...] = ((chains, len(SHAPES)),)
