"""Convolutions along one axis of few inputs, with padding: lines, several of them, long ones, windows as wide as the input."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D

INPUTS = (
    (3, 1),
    (4, 1),
    (5, 1),
    (3, 2),
    (7, 1),
    (2, 4),
    (9, 1),
    (3, 3),
    (11, 1),
    (3, 4),
    (13, 1),
    (7, 2),
    (5, 3),
    (4, 4),
)
ACTIVATIONS: tuple[Activation, ...] = ("none", "relu")
WINDOWS = tuple(product(ACTIVATIONS, INPUTS, range(3)))
OUTPUTS = (4, 8, 8, 12, 16, 16, 24, 32, 64)
LONGEST, LONG = 60, 1200


def _graph(op: Conv2D, shape: tuple[int, ...], weights: tuple[int, ...], d: Draw) -> Graph:
    b = Builder("one_axis", shape, d.of(*range(1000)))
    return b.ended(b.weighted(op, "input", weights, 0))


def along_lines(d: Draw) -> Graph:
    """Padding at both ends; of three, one has several lines, one is long and has the other axis."""
    activation, (taps, in_c), kind = d.turn(WINDOWS)
    count, stride = d.of(*OUTPUTS), d.of(1, 1, 2)
    op = Conv2D((stride, stride), padding="same", activation=activation)
    if kind < 2:
        lines = 1 + (kind == 1) * d.upto(16)
        shape = (d.of(1, 1, 2), lines, taps + d.upto(LONGEST), in_c)
        return _graph(op, shape, (count, 1, taps, in_c), d)
    return _graph(op, (1, taps + d.upto(LONG // in_c), 1, in_c), (count, taps, 1, in_c), d)


def packed(d: Draw) -> Graph:
    """Three or four inputs into all numbers of channels that have a function of their own."""
    count, taps, kind = d.turn(tuple(product((4, 8, 12, 16, 24, 32, 64), (3, 4), range(4))))
    shape = (d.of(1, 1, 2), 1 + (kind == 1) * d.upto(12), taps + d.upto(LONG if kind == 2 else LONGEST), 1)
    return _graph(Conv2D((1, d.of(1, 2)), padding="same"), shape, (count, 1, taps, 1), d)


SAMPLERS: tuple[Sampler, ...] = ((along_lines, 5 * len(WINDOWS)), (packed, 168))
