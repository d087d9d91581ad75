"""Layers of few outputs, whose kernels are functions of one shape each."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.fully_connected import FullyConnected

WIDTHS = (16, 20, 24, 28, 30, 32)
CONNECTED = 3 * (  # inputs, units, samples
    *((width, units, 4) for width, units in product(WIDTHS, (1, 2))), *product((16, 25), (1, 2, 3, 4), (1,)),
    (16, 10, 1), (33, 2, 4), (16, 3, 4), (16, 16, 1), (64, 2, 1), *product((80, 96, 112, 128), (1, 2), (1,)),
    (33, 1, 4), *product((33,), (1, 2, 3, 4), (1,)), *product((10,), (1, 2, 3, 4, 7, 8, 16), (1,)),
    *product((8,), (1, 2), (2, 4)),
)  # fmt: skip
TINY = (*product((4, 10), (9, 11, 13, 15, 24, 26, 30, 64), (1,)), *product((8,), range(3, 13), (2, 3, 4, 8, 12, 20)),
        *product((3, 9), (1,), (8, 16, 40, 64)), *product((13,), (17, 30, 40, 64), (4, 8)))  # fmt: skip
FOURS = 2 * (*product(range(4, 13), (32, 64)), (12, 32), (12, 64))  # of 12 the bias is often beyond reach
SPANS = tuple(product((16, 24), (5, 6, 7, 8), (1, 2, 3), (1, 4)))
EIGHTS = tuple(product((1, 2), (1, 2, 3, 6), (2, 3, 4, 5, 7)))


def few_connected(d: Draw) -> Graph:
    inputs, units, samples = d.turn(CONNECTED)
    b = Builder("few", (samples, inputs), d.of(*range(1000)))
    return b.ended(b.weighted(FullyConnected(), "input", (units, inputs), 0))


def tiny(d: Draw) -> Graph:
    """Up to 16 inputs, one sample or groups of four."""
    inputs, units, samples = d.turn(TINY)
    b = Builder("tiny", (samples, inputs), d.of(*range(1000)))
    return b.ended(b.weighted(FullyConnected(), "input", (units, inputs), 0))


def fours(d: Draw) -> Graph:
    """Four samples of few inputs into 32 or 64 units."""
    inputs, units = d.turn(FOURS)
    b = Builder("fours", (4, inputs), d.of(*range(1000)))
    return b.ended(b.weighted(FullyConnected(), "input", (units, inputs), 0))


def spans(d: Draw) -> Graph:
    """1x1 convolutions into one channel, every second pixel of rows of one or two spans."""
    inputs, span, many, height = d.turn(SPANS)
    b = Builder("spans", (1, height, 2 * span * many, inputs), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (1, 1, 1, inputs), 0))


def eights(d: Draw) -> Graph:
    """1x1 convolutions of 16 channels into three, groups of eight pixels, and fewer pixels than that."""
    stride, height, width = d.turn(EIGHTS)
    b = Builder("eights", (1, stride * (height - 1) + 1, stride * width, 16), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((stride, stride)), "input", (3, 1, 1, 16), 0))


SAMPLERS: tuple[Sampler, ...] = (
    (few_connected, len(CONNECTED)), (tiny, len(TINY)), (fours, len(FOURS)), (spans, len(SPANS)), (eights, len(EIGHTS)),
)  # fmt: skip
