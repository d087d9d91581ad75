"""1x1 convolutions of every second pixel of 8 channels into 8, 64 outputs, whose shifts are of few kinds."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D

SEEDS = (2, 37, 42, 75, 98, 156, 217, 265, 569)  # of scales that are so and of small biases: of each function
LAYERS = tuple(product(SEEDS, ((15, 15), (15, 16), (16, 16))))


def strided_words(d: Draw) -> Graph:
    seed, size = d.turn(LAYERS)
    b = Builder("words", (1, *size, 8), seed)
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (8, 1, 1, 8), 0))


SAMPLERS: tuple[Sampler, ...] = ((strided_words, len(LAYERS)),)
