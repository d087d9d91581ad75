"""1x1 convolutions and fully connected layers."""

from __future__ import annotations

from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler, weighted
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.fully_connected import FullyConnected

SIDES = ((3, 3), (4, 4), (5, 5), (6, 6), (3, 5))


PAIRS = tuple(product((16, 24, 32, 64), (1, 3, 4, 5, 7, 8, 10, 13, 15), (1, 2), SIDES))


UNITS = (
    (16, (3, 4, 8, 10, 16, 24, 40)),
    (24, (10,)),
    (20, (4,)),
    (30, (3, 8, 10, 16)),
    (33, (3, 4, 8, 10, 16)),
    (64, (1, 2, 3)),
    (68, (1,)),
    (96, (1,)),
    (100, (1,)),
    (124, (1,)),
)


SHAPES = tuple(product([(i, units) for i, some in UNITS for units in some], (1, 1, 1, 1, 2, 3, 4, 4, 4)))


RUNS = tuple(product((2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16), (1, 1, 2, 3), (1, 1, 4)))


EIGHTS = ((16, 16, 1), (8, 32, 1), (16, 15, 2), (16, 31, 1), (16, 48, 1), (32, 31, 2))


SEVENS = tuple(product((8, 16, 32, 64), (13, 14, 13, 14)))


def pointwise(d: Draw) -> Graph:
    (h, w), channels = d.size(), d.channels(128)
    op = Conv2D(stride=d.stride() if d.of(0, 0, 1) else (1, 1), activation=d.activation())
    return weighted(op, d, (d.channels(128), 1, 1, channels), 0, (1, h, w, channels))


def narrow(d: Draw) -> Graph:
    """1x1 convolutions of few channels and many pixels."""
    (h, w), channels = d.size(), d.of(4, 8, 16, 32, 32, 64, 64, 64)
    return weighted(Conv2D(activation=d.activation()), d, (4 * d.upto(12), 1, 1, channels), 0, (1, 3 + h, w, channels))


def fully_connected(d: Draw) -> Graph:
    small = d.of(0, 0, 1)
    width, units = (d.upto(16), d.upto(16)) if small else (d.channels(1024), d.channels(256))
    op = FullyConnected(activation=d.activation())
    return weighted(op, d, (units, width), 0, (d.of(1, 1, 1, 1, 4), width))


def one_sample(d: Draw) -> Graph:
    """Fully connected layers of one sample, few inputs and few outputs."""
    inputs, outputs = 3 + d.upto(33) if d.of(0, 1) else 4 * d.upto(9), d.of(2, 3, 4, d.upto(20))
    return weighted(FullyConnected(), d, (outputs, inputs), 0, (1, inputs))


def long(d: Draw) -> Graph:
    """Fully connected layers of more than 64 inputs and few units; no clamp inside."""
    inputs, units = 4 * (15 + d.upto(100)), d.of(1, 2, 3, 4, 4 + d.upto(20))
    b = Builder("long", (d.of(1, 2, 4), inputs), d.of(*range(1000)))
    return b.ended(b.weighted(FullyConnected(), "input", (units, inputs), 0))


def pairs(d: Draw) -> Graph:
    """1x1 convolutions of 16 to 64 channels into few, odd and even numbers of pixels, half of them with strides."""
    inputs, outputs, stride, (h, w) = d.turn(PAIRS)
    b = Builder("pairs", (1, stride * (h - 1) + 1, stride * w, inputs), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((stride, stride)), "input", (outputs, 1, 1, inputs), 0))


def groups(d: Draw) -> Graph:
    """1x1 convolutions of up to 8, 16 or 32 channels into a multiple of 8; no clamp inside."""
    channels = d.of(4, 8, 8, 16, 32, d.upto(7))
    b = Builder("groups", (d.upto(3), d.upto(12), d.of(8, 16, 8 + d.upto(16)), channels), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(), "input", (8 * d.upto(10), 1, 1, channels), 0))


def groups_apart(d: Draw) -> Graph:
    """1x1 convolutions of 16 or 32 channels, every second pixel, into a multiple of 8; no clamp inside."""
    shape = (d.upto(3), 2 * d.upto(8) - d.of(0, 1), 2 * d.of(8, 16, 8 + d.upto(8)) - d.of(0, 1), d.of(16, 32))
    b = Builder("apart", shape, d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (8 * d.upto(10), 1, 1, shape[-1]), 0))


def strided(d: Draw) -> Graph:
    """1x1 convolutions of every second pixel of 8 channels into a multiple of 4; no clamp inside."""
    run, parts, batch = d.turn(RUNS)
    height, width = d.upto(1 + 128 // (run * parts)), 2 * run * parts - d.of(0, 1)
    b = Builder("strided", (batch, 2 * height - d.of(0, 1), width, 8), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (4 * d.of(1, 2, 2, 3, 4, 8, 10, 16), 1, 1, 8), 0))


def strided_eights(d: Draw) -> Graph:
    """1x1 convolutions of every second pixel of 8 channels into 8, rows of eights, small biases."""
    height, width, batch = d.turn(EIGHTS)
    b = Builder("eights", (batch, height, width, 8), 2)
    return b.ended(b.weighted(Conv2D((1, 2)), "input", (8, 1, 1, 8), 0))


def strided_seven(d: Draw) -> Graph:
    """1x1 convolutions of every second pixel of 8 channels, 7x7 outputs."""
    channels, side = d.turn(SEVENS)
    b = Builder("seven", (1, side, side, 8), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (channels, 1, 1, 8), 0))


def of_one_shape(d: Draw) -> Graph:
    """Fully connected layers of 16 to 64 inputs and the numbers of units that have functions of their own."""
    (inputs, units), batch = d.turn(SHAPES)
    b = Builder("shape", (batch, inputs), d.of(*range(1000)))
    return b.ended(b.weighted(FullyConnected(), "input", (units, inputs), 0))


def one_channel(d: Draw) -> Graph:
    """1x1 convolutions and fully connected layers into one channel, and of 8 channels into 3 or 4."""
    inputs, outputs = (8 * d.upto(8), 1) if d.of(0, 1) else (8, d.of(3, 4))
    return weighted(Conv2D(), d, (outputs, 1, 1, inputs), 0, (1, d.upto(20), 2 * d.upto(10) + d.of(0, 0, 1), inputs))


SAMPLERS: tuple[Sampler, ...] = (
    (pointwise, 30),
    (narrow, 30),
    (fully_connected, 40),
    (one_sample, 80),
    (one_channel, 40),
    (long, 120),
    (pairs, len(PAIRS)),
    (groups, 60),
    (groups_apart, 60),
    (strided_eights, len(EIGHTS)),
    (strided_seven, len(SEVENS)),
    (strided, 2 * len(RUNS)),
    (of_one_shape, len(SHAPES)),
)
