"""Convolutions along one axis of few inputs, with padding: a line, several of them, long ones of the other axis."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D

# Taps and channels of 3 to 16 inputs, by twos.
TAPS = (((3, 1), (4, 1)), ((5, 1), (3, 2)), ((7, 1), (2, 4)), ((9, 1), (5, 2)), ((11, 1), (3, 4)), ((13, 1), (7, 2)),
        ((5, 3), (4, 4)))  # fmt: skip
ACTIVATIONS: tuple[Activation, ...] = ("none", "relu", "relu", "relu")  # kernels for others take layers with a ReLU too
OTHERS = (3, 12, 20, 24, 32, 40)
WINDOWS = tuple(product(TAPS, ((8,), (16,), OTHERS), range(3)))
WORDS = tuple(product((4, 8, 12, 16, 24, 32, 64), (3, 4), range(3)))
FIVES = tuple(product((4, 8, 16, 32, 64), (1, 2), range(3)))
LONGEST, LONG = 60, 1200


def _layer(taps: int, in_c: int, count: int, stride: int, kind: int, activation: Activation, d: Draw) -> Graph:
    """`kind`: one line; several; a long one of the other axis."""
    op = Conv2D((stride, stride), padding="same", activation=activation)
    if kind == 2:
        shape, weights = (1, taps + d.upto(LONG // in_c), 1, in_c), (count, taps, 1, in_c)
    else:
        lines = 1 + kind * d.upto(16)
        shape, weights = (d.of(1, 1, 2), lines, taps + d.upto(LONGEST), in_c), (count, 1, taps, in_c)
    b = Builder("one_axis", shape, d.of(*range(1000)))
    return b.ended(b.weighted(op, "input", weights, 0))


def along_lines(d: Draw) -> Graph:
    """Any number of inputs, with and without an activation."""
    taps, counts, kind = d.turn(WINDOWS)
    activation = ACTIVATIONS[d.of(*range(len(ACTIVATIONS)))]
    return _layer(*taps[d.of(0, 1)], d.of(*counts), d.of(1, 1, 2), kind, activation, d)


def of_words(d: Draw) -> Graph:
    """Three or four inputs into all numbers of channels that have a function of their own."""
    count, taps, kind = d.turn(WORDS)
    return _layer(taps, 1, count, d.of(1, 2), kind, "none", d)


def of_five(d: Draw) -> Graph:
    count, stride, kind = d.turn(FIVES)
    return _layer(5, 1, count, stride, kind, "none", d)


SAMPLERS: tuple[Sampler, ...] = (
    (along_lines, 9 * len(WINDOWS)), (of_words, 3 * len(WORDS)), (of_five, 6 * len(FIVES)),
)  # fmt: skip
