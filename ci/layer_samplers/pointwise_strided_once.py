"""1x1 convolutions of every second pixel of 8 channels into 8 or 10, few outputs in runs."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D

SHAPES = (  # and output channels
    *((*shape, 8) for shape in ((4, 7, 7), (4, 8, 8), (1, 15, 15), (4, 5, 5), (2, 11, 6), (4, 1, 17), (1, 7, 18))),
    *((1, side, side, channels) for side in (13, 14) for channels in (8, 10)),
)
SEEDS = (2, 37, 42, 75)  # of small biases
LAYERS = tuple(product(SHAPES, SEEDS))


def strided_once(d: Draw) -> Graph:
    (*shape, channels), seed = d.turn(LAYERS)
    b = Builder("once", (*shape, 8), seed)
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (channels, 1, 1, 8), 0))


SAMPLERS: tuple[Sampler, ...] = ((strided_once, len(LAYERS)),)
