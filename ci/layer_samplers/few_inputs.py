"""1x1 convolutions of few inputs: pixels next to each other, lines of every second one, several images."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D

OUTPUTS = tuple(product((1, 2, 3, 4, 8, 16), range(4)))
TO_ONE = tuple(product((2, 3, 5), range(4)))
PACKED = tuple(product((2, 3), (4, 8, 10, 12, 16, 24, 32, 64), range(3)))
MANY = (5, 6, 7, 8, 10, 12, 24, 32)
LONGEST = 31


def _graph(shape: tuple[int, ...], out_c: int, stride: int, d: Draw) -> Graph:
    b = Builder("few_inputs", shape, d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((stride, stride)), "input", (out_c, 1, 1, shape[-1]), 0))


def of_one(d: Draw) -> Graph:
    """One input into few channels; also pixels that are pictures of their own."""
    out_c, kind = d.turn(OUTPUTS)
    width = d.upto(LONGEST)
    if kind == 0:
        return _graph((1, d.upto(LONGEST), width, 1), out_c, 1, d)
    if kind == 3:
        return _graph((d.upto(LONGEST), 2, 2, 1), out_c, 2, d)
    return _graph((1 if kind == 1 else 2 + d.upto(2), 1 + 2 * d.upto(8), width, 1), out_c, 2, d)


def of_one_into_many(d: Draw) -> Graph:
    """One input into any number of channels, pixels of any step."""
    side = 1 + 2 * d.upto(6)
    return _graph((d.of(1, 2, 3), side, side, 1), d.turn(MANY), d.of(1, 2, 2, 3), d)


def into_one(d: Draw) -> Graph:
    """Two, three or five inputs into one channel; rows in whole words and others."""
    inputs, kind = d.turn(TO_ONE)
    height, width = 1 + 2 * d.upto(7), d.upto(LONGEST)
    if kind == 0:
        return _graph((1, d.of(1, height), 4 * d.upto(8), inputs), 1, 1, d)
    return _graph((1 + (kind == 3) * d.upto(3), height, width, inputs), 1, 1 + (kind > 1), d)


def packed(d: Draw) -> Graph:
    """Two or three inputs into multiples of four channels, and ten."""
    inputs, out_c, kind = d.turn(PACKED)
    side = 1 + 2 * d.upto(4)
    stride = 1 + (kind > 0)
    return _graph((1 + (kind == 2) * d.upto(3), side, side + stride * d.upto(6) - stride, inputs), out_c, stride, d)


SAMPLERS: tuple[Sampler, ...] = (
    (of_one, 6 * len(OUTPUTS)), (of_one_into_many, 5 * len(MANY)), (into_one, 10 * len(TO_ONE)),
    (packed, 3 * len(PACKED)),
)  # fmt: skip
