"""1x1 convolutions of 8 into 4 channels, whose shifts are the same in pairs."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D

SEEDS = (2, 5, 8, 19, 77, 91)  # of scales that are so: of channels 0 and 1, of 0 and 2


def shifts(d: Draw) -> Graph:
    b = Builder("shifts", (1, 12, 12, 8), d.turn(SEEDS))
    return b.ended(b.weighted(Conv2D(), "input", (4, 1, 1, 8), 0))


SAMPLERS: tuple[Sampler, ...] = ((shifts, len(SEEDS)),)
