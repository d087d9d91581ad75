"""1x1 convolutions of one channel."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D

CHANNELS = (*range(1, 17), *(32, 64) * 2)
ROWS = (*((8, 8, n) for n in (0, 1, 4, 5)), *((8, 0, n) for n in (4, 16, 17)), (4, 7, 28))
STRIDES = ((1, 1), (1, 1), (2, 2), (1, 3), (2, 1))


def table(d: Draw) -> Graph:
    channels = d.turn(CHANNELS)
    stride = STRIDES[d.of(*range(len(STRIDES)))]
    shape = (d.of(1, 1, 2, 4), stride[0] * (2 + d.upto(20)), stride[1] * (8 + d.upto(20)), 1)
    b = Builder("table", shape, d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(stride), "input", (d.of(1, channels, channels), 1, 1, 1), 0))


def rows(d: Draw) -> Graph:
    """Few pixels: multiples of a number and some more."""
    channels, unit, more = d.turn(ROWS)
    b = Builder("rows", (1, 1, more + unit * d.upto(8), 1), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(), "input", (channels, 1, 1, 1), 0))


def pairs(d: Draw) -> Graph:
    """Every second or third pixel, of channels that are a multiple of 8 or 10."""
    step, channels = d.of(2, 3), d.turn((8, 10, 16, 20, 24))
    b = Builder("pairs", (1, step * (2 + d.upto(9)), step * (3 + d.upto(10)), 1), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((step, step)), "input", (channels, 1, 1, 1), 0))


def many(d: Draw) -> Graph:
    """One channel of rows of words."""
    b = Builder("many", (1, 12 + d.upto(30), 4 * (1 + d.upto(10)), 1), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(), "input", (1, 1, 1, 1), 0))


def places(d: Draw) -> Graph:
    """Few channels of a picture of up to 256 pixels, in steps of two."""
    b = Builder("places", (1, 5 + d.upto(11), 8 + d.upto(8), 1), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((d.of(1, 2), 2)), "input", (d.turn((1, 2, 3)), 1, 1, 1), 0))


SAMPLERS: tuple[Sampler, ...] = (
    (table, 6 * len(CHANNELS)), (rows, 5 * len(ROWS)), (pairs, 24), (many, 16), (places, 21),
)  # fmt: skip
