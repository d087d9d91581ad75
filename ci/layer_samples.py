"""Random layers to measure: one-node int8 graphs from small to what real networks have."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from benchmarks.graphs import Builder
from edgekit import plugins
from edgekit.errors import UnsupportedError
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.operator import Activation
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.concatenation import Concatenation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.mul import Mul
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.quantize import Quantize
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.split import Split
from edgekit.reference import Simulator

MOST_MACS = 200_000
MOST_WEIGHTS = 20_000
MOST_INPUT = 16_384
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
ACTIVATIONS: tuple[Activation, ...] = ("none", "relu", "relu6")


class Draw:
    """Random choices."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.turns = 0

    def of(self, *options: int) -> int:
        return int(self.rng.choice(options))

    def turn(self, options: Sequence[Any]) -> Any:
        """One after the other."""
        self.turns += 1
        return options[(self.turns - 1) % len(options)]

    def upto(self, largest: int) -> int:
        """From 1, small ones as often as large ones."""
        return int(np.exp(self.rng.uniform(0, np.log(largest + 0.99))))

    def channels(self, largest: int) -> int:
        """Mostly multiples of 4, 8 or 16, as networks have."""
        step = self.of(1, 4, 8, 8, 16)
        return step * self.upto(max(1, largest // step))

    def size(self) -> tuple[int, int]:
        side = self.upto(28)
        return side, side if self.of(0, 1) else self.upto(28)

    def window(self) -> tuple[int, int]:
        side = self.of(1, 1, 2, 3, 3, 3, 5, 7)
        return (side, side) if self.of(0, 1, 1) else (self.of(1, 2, 3, 4, 10), side)

    def stride(self) -> tuple[int, int]:
        side = self.of(1, 1, 1, 2, 2, 3)
        return (side, side) if self.of(0, 1, 1) else (side, self.of(1, 2))

    def activation(self) -> Activation:
        return ACTIVATIONS[self.of(0, 1, 2)]


def _weighted(
    op: Conv2D | DepthwiseConv2D | FullyConnected, d: Draw, shape: tuple[int, ...], axis: int, x: tuple[int, ...]
) -> Graph:
    b = Builder(op.name, x, d.of(*range(1000)))
    graph = b.ended(b.weighted(op, "input", shape, axis))
    if d.of(0, 1, 1) == 0:  # a clamp inside the range
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(
            y, quantization=Quantization.per_tensor(d.of(0, 1) * 0.06 or float(y.scale), -5)
        )
    if d.of(0, 0, 0, 1):  # large and left shifts, which kernels requantize another way
        for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
            q = Quantization(t.quantization.scale * np.float32(d.of(1 << 14, 1 << 18)) ** d.of(-1, 1),
                             t.quantization.zero_point, t.quantization.axis)  # fmt: skip
            graph.tensors[t.name] = replace(t, quantization=q)
    return graph


def pointwise(d: Draw) -> Graph:
    (h, w), channels = d.size(), d.channels(128)
    op = Conv2D(stride=d.stride() if d.of(0, 0, 1) else (1, 1), activation=d.activation())
    return _weighted(op, d, (d.channels(128), 1, 1, channels), 0, (1, h, w, channels))


def narrow(d: Draw) -> Graph:
    """1x1 convolutions of few channels and many pixels."""
    (h, w), channels = d.size(), d.of(4, 8, 16, 32, 32, 64, 64, 64)
    return _weighted(Conv2D(activation=d.activation()), d, (4 * d.upto(12), 1, 1, channels), 0, (1, 3 + h, w, channels))


def wide(d: Draw) -> Graph:
    """1x1 convolutions and fully connected layers of many channels, of a multiple of 16."""
    inputs, outputs = d.of(48, 48, 80, 96, 112, 144, 208), 8 * d.upto(8)
    if d.of(0, 0, 1):
        return _weighted(FullyConnected(activation=d.activation()), d, (outputs, inputs), 0, (d.of(1, 4), inputs))
    (h, w), op = (d.size() if inputs > 48 else (d.upto(5), 2)), Conv2D(activation=d.activation())
    return _weighted(op, d, (outputs, 1, 1, inputs), 0, (1, h, w, inputs))


def short(d: Draw) -> Graph:
    """1x1 convolutions and fully connected layers of 16 to 64 channels, small pictures, strides; no clamp inside."""
    inputs, outputs, batches = d.of(16, 18, 24, 24, 30, 32, 33, 40, 50, 60, 64, 64), d.upto(40), d.of(1, 2, 4)
    b = Builder("short", (batches, inputs), d.of(*range(1000)))
    if d.of(0, 0, 1):
        return b.ended(b.weighted(FullyConnected(), "input", (outputs, inputs), 0))
    b = Builder("short", (batches, d.upto(9), d.upto(9), inputs), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(d.stride()), "input", (outputs, 1, 1, inputs), 0))


def dilated(d: Draw) -> Graph:
    """Dilated convolutions, ordinary and depthwise."""
    (h, w), channels, side = d.size(), d.channels(48), d.of(2, 3, 3)
    spread = (d.of(1, 2, 3), d.of(2, 3))
    shape, activation = (1, h + 4, w + 4, channels), d.activation()
    if d.of(0, 1):
        depthwise = DepthwiseConv2D(dilation=spread, activation=activation)
        return _weighted(depthwise, d, (1, side, side, channels), 3, shape)
    return _weighted(
        Conv2D(dilation=spread, activation=activation), d, (d.channels(32), side, side, channels), 0, shape
    )


def conv_2d(d: Draw) -> Graph:
    op = Conv2D(stride=d.stride(), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    (kh, kw), (h, w), channels = d.window(), d.size(), d.channels(96)
    size = (1, max(h, kh), max(w, kw), channels)
    return _weighted(op, d, (d.channels(96), kh, kw, channels), 0, size)


def conv_3x3(d: Draw) -> Graph:
    op = Conv2D(padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    (h, w), channels = d.size(), d.of(3, 72, 132) if d.of(0, 0, 0, 1) else d.channels(96)
    return _weighted(op, d, (2 * d.upto(24), 3, 3, channels), 0, (1, max(h, 3), max(w, 3), channels))


def depthwise_conv_2d(d: Draw) -> Graph:
    op = DepthwiseConv2D(stride=d.stride(), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    (kh, kw), (h, w), channels = d.window(), d.size(), d.channels(256)
    if d.of(0, 1, 1):
        kh = kw = 3
    multiplier = d.of(1, 1, 1, 1, 1, 2)
    return _weighted(op, d, (1, kh, kw, channels * multiplier), 3, (1, max(h, kh), max(w, kw), channels))


def small(d: Draw) -> Graph:
    """Depthwise convolutions of pictures of few pixels."""
    (kh, kw), channels = (d.of(2, 3, 3, 3), d.of(1, 3, 3, 3)), d.of(4, 8, 8, 8, 16, 32, 40)
    op = DepthwiseConv2D(stride=(d.of(1, 2), d.of(1, 2)), padding="same", activation=d.activation())
    b = Builder("small", (d.of(1, 2, 4), d.upto(9), d.upto(12), channels), d.of(*range(1000)))
    graph = b.ended(b.weighted(op, "input", (1, kh, kw, channels), 3))
    if d.of(0, 1) == 0:  # a clamp inside the range
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -5))
    return graph


def multiplied(d: Draw) -> Graph:
    """Depthwise convolutions of few channels into many, as the first layers of some networks."""
    op = DepthwiseConv2D(stride=d.stride(), padding="same", activation=d.activation())
    (kh, kw), (h, w), channels = (d.of(3, 3, 5, 10), d.of(3, 3, 5, 8)), d.size(), d.of(1, 1, 2, 3)
    return _weighted(op, d, (1, kh, kw, channels * d.of(4, 8, 8, 16)), 3, (1, h, w, channels))


def few_channels(d: Draw) -> Graph:
    """Depthwise convolutions of few channels; wide pictures too."""
    stride, channels = d.of(1, 1, 2), d.upto(16)
    op = DepthwiseConv2D((stride, stride), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    windows = ((3, 3), (3, 3), (d.of(1, 2, 3), d.of(1, 2, 3)), (d.of(4, 5, 7, 7, 10), d.of(4, 5, 7, 7)))
    kh, kw = windows[d.of(0, 1, 2, 3)]
    h, w = d.upto(40), 16 * d.of(1, 2, 3) if d.of(0, 0, 1) else d.upto(50)
    x = (d.of(1, 1, 2), max(h, kh), max(w, kw), channels)
    return _weighted(op, d, (1, kh, kw, channels * d.of(1, 1, 2, 4)), 3, x)


def several(d: Draw) -> Graph:
    """Depthwise convolutions of several samples, few channels and strides; no clamp inside."""
    (h, w), channels, stride, side = d.size(), d.upto(20), d.of(1, 2, 2, 3), d.of(2, 3, 3, 3, 5)
    b = Builder("several", (d.of(1, 2, 4), h, w, channels), d.of(*range(1000)))
    op = DepthwiseConv2D((stride, stride))
    return b.ended(b.weighted(op, "input", (1, side, side, channels * d.of(1, 1, 2)), 3))


def fully_connected(d: Draw) -> Graph:
    small = d.of(0, 0, 1)
    width, units = (d.upto(16), d.upto(16)) if small else (d.channels(1024), d.channels(256))
    op = FullyConnected(activation=d.activation())
    return _weighted(op, d, (units, width), 0, (d.of(1, 1, 1, 1, 4), width))


def few_inputs(d: Draw) -> Graph:
    """1x1 convolutions and fully connected layers of at most 16 inputs."""
    (h, w), inputs, outputs = d.size(), d.of(d.upto(3), 4, 8, 12, 16, 4 + d.upto(12)), d.upto(64)
    if d.of(0, 0, 0, 1):
        return _weighted(FullyConnected(activation=d.activation()), d, (outputs, inputs), 0, (d.upto(4), inputs))
    op = Conv2D(stride=d.stride() if d.of(0, 0, 1) else (1, 1), activation=d.activation())
    return _weighted(op, d, (outputs, 1, 1, inputs), 0, (d.of(1, 1, 2), h, w, inputs))


def few_outputs(d: Draw) -> Graph:
    """Fully connected layers as those at the end of classifiers, and 1x1 convolutions of images into few channels."""
    width = 4 * d.upto(128) + d.of(0, 0, 0, 1, 2, 3)
    if d.of(0, 0, 1):
        op, width = Conv2D(stride=d.stride() if d.of(0, 0, 1) else (1, 1), activation=d.activation()), d.channels(96)
        return _weighted(op, d, (d.upto(6), 1, 1, width), 0, (1, *d.size(), width))
    return _weighted(FullyConnected(activation=d.activation()), d, (d.upto(16), width), 0, (d.of(1, 1, 4), width))


def one_sample(d: Draw) -> Graph:
    """Fully connected layers of one sample, few inputs and few outputs."""
    inputs, outputs = 3 + d.upto(33) if d.of(0, 1) else 4 * d.upto(9), d.of(2, 3, 4, d.upto(20))
    return _weighted(FullyConnected(), d, (outputs, inputs), 0, (1, inputs))


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


def of_one_shape(d: Draw) -> Graph:
    """Fully connected layers of 16 to 64 inputs and the numbers of units that have functions of their own."""
    (inputs, units), batch = d.turn(SHAPES)
    b = Builder("shape", (batch, inputs), d.of(*range(1000)))
    return b.ended(b.weighted(FullyConnected(), "input", (units, inputs), 0))


def one_channel(d: Draw) -> Graph:
    """1x1 convolutions and fully connected layers into one channel, and of 8 channels into 3 or 4."""
    inputs, outputs = (8 * d.upto(8), 1) if d.of(0, 1) else (8, d.of(3, 4))
    return _weighted(Conv2D(), d, (outputs, 1, 1, inputs), 0, (1, d.upto(20), 2 * d.upto(10) + d.of(0, 0, 1), inputs))


def apart(d: Draw) -> Graph:
    """3x3 windows of four channels into one, two columns apart, an odd number of columns; no clamp."""
    b = Builder("apart", (d.upto(3), 2 + d.upto(16), 1 + 2 * d.upto(12), 4), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2)), "input", (1, 3, 3, 4), 0))


def tiny(d: Draw) -> Graph:
    """Into 8 channels: pictures of one to four pixels that are one window, or some that together have many."""
    one, inputs = d.of(0, 1), d.upto(4)
    shape = (1, d.upto(2), d.upto(2), inputs) if one else (d.of(3, 4, 5), 13 + d.upto(6), 13 + d.upto(6), inputs)
    b = Builder("tiny", shape, d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((2, 2) if one else (1, 1)), "input", (8, 3, 3, inputs), 0))


def ends(d: Draw) -> Graph:
    """Layers whose inputs end with one or two after whole words, and layers of one output; no clamp inside."""
    inputs, outputs = (d.of(5, 6, 9, 10, 13, 14), d.upto(40)) if d.of(0, 1) else (4 * d.upto(35), 1)
    if d.of(0, 1):
        b = Builder("ends", (d.of(1, 2, 3, 4), inputs), d.of(*range(1000)))
        return b.ended(b.weighted(FullyConnected(), "input", (outputs, inputs), 0))
    b = Builder("ends", (1, d.upto(9), d.upto(9), inputs), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(d.stride()), "input", (outputs, 1, 1, inputs), 0))


def first(d: Draw) -> Graph:
    """First layers of images: windows of one to three channels."""
    (h, w), channels, side = d.size(), d.of(1, 2, 3, 3, 3), d.of(3, 3, 3, 5)
    op = Conv2D(stride=d.stride(), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    return _weighted(op, d, (d.upto(32), side, side, channels), 0, (1, h + side, w + side, channels))


def pictures(d: Draw) -> Graph:
    """Windows of 3x3 in one or several images of few channels, into few or many; no clamp inside."""
    (h, w), stride, channels = d.size(), d.of(1, 2), d.of(2, 2, 3, 3, 3, 4, 4, 5, 8, 16, 24)
    outputs = d.of(8, 16, 24, 64) if d.of(0, 1, 1) else d.of(1, 2, 3, 4, 9, 10, 12)
    b = Builder("pictures", (d.of(1, 1, 2, 4), h + 2, w + 2, channels), d.of(*range(1000)))
    op = Conv2D((d.of(stride, stride, 1, 2), stride), padding="same" if d.of(0, 1, 1) else "valid")
    return b.ended(b.weighted(op, "input", (outputs, 3, 3, channels), 0))


def few_windows(d: Draw) -> Graph:
    """Windows of three rows into one, three, four or ten channels."""
    (h, w), outputs, side = d.size(), d.of(1, 3, 4, 10), d.of(3, 3, 3, 2, 4)
    channels = d.of(
        *{1: (2, 4, 5, 8, 16, 24, 32, 48, 64), 3: (3, 5, 8, 16, 24, 32), 4: (3, 4, 5, 8, 16, 24), 10: (4, 5, 5, 8, 8)}[
            outputs
        ]
    )
    stride = d.of(1, 1, 2)
    op = Conv2D((stride, stride), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    shape = (d.of(1, 1, 2, 3), 2 + h, 4 + w, channels)
    return _weighted(op, d, (outputs, 3, side, channels), 0, shape)


def pictures_into_ten(d: Draw) -> Graph:
    """Windows of 3x3 of three channels into ten, rows of a multiple of four pixels."""
    stride = d.of(1, 2)
    b = Builder("ten", (d.of(1, 1, 2, 4), 2 + d.upto(20), 4 * stride * d.upto(6), 3), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D((d.of(stride, 1), stride)), "input", (10, 3, 3, 3), 0))


def spans(d: Draw) -> Graph:
    """Windows of 3x3 into few channels, rows of 12 or, in steps of two, of 13 pixels; no clamp inside."""
    stride = d.of(1, 1, 1, 2, 2, 2, 2, 2)
    side, channels = (12, d.of(3, 4, 5, 8)) if stride == 1 else (13, d.of(3, 4, 5, 8, 16, 24))
    height = 2 + d.upto(20) if stride == 1 else 3 + 2 * d.upto(9)
    b = Builder("spans", (d.of(1, 1, 2, 3), height, side, channels), d.of(*range(1000)))
    outputs = 4 if channels == 3 else d.of(1, 1, 3, 4, 10)
    return b.ended(b.weighted(Conv2D((stride, stride)), "input", (outputs, 3, 3, channels), 0))


def plane(d: Draw) -> Graph:
    """Windows of 3x3 in one channel, next to each other or not."""
    (h, w), stride, same = d.size(), d.of(1, 1, 2), d.of(0, 1, 1)
    op = Conv2D((stride, stride), padding="same" if same else "valid", activation=d.activation())
    shape = (d.of(1, 1, 2), h, w, 1) if same else (1, h + 2, w + 2, 1)
    return _weighted(op, d, (d.upto(40), 3, 3, 1), 0, shape)


def unpadded(d: Draw) -> Graph:
    """Windows of 3x3 in one or two channels, pictures of few values; no clamp inside."""
    channels, stride, kind = d.of(1, 1, 2), d.of(1, 2), d.of(0, 1, 1, 1)
    if kind == 0:
        side, channels = d.of(1, 2, 3), 1
        shape, out_c = (d.upto(4), side, side, 1), 2 * d.upto(8)
    else:
        shape, out_c = (
            (d.upto(3), d.of(1, 3 + d.upto(14)), 3 + d.upto(31 // channels), channels),
            d.of(1, 2, 2) * d.upto(8),
        )
    op = Conv2D((stride, stride), padding="valid" if min(shape[1:3]) > 2 and stride == 1 and d.of(0, 0, 1) else "same")
    b = Builder("unpadded", shape, d.of(*range(1000)))
    return b.ended(b.weighted(op, "input", (out_c, 3, 3, channels), 0))


def rows(d: Draw) -> Graph:
    """Windows of 3x3 in 2 to 5 or in a multiple of 8 channels, into few."""
    stride, channels = d.of(1, 2), d.of(2, 3, 4, 5) if d.of(0, 1, 1) else 8 * d.upto(4)
    same = bool(d.of(0, 1, 1, 1))
    h, w = stride * d.upto(24), stride * d.of(3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    h, w = (side - d.of(0, stride - 1) if same else side + 2 for side in (h, w))  # padding at both ends, or at one
    op = Conv2D((stride, stride), padding="same" if same else "valid", activation=d.activation())
    return _weighted(op, d, (d.of(1, 1, 2, 3, 4, 8), 3, 3, channels), 0, (d.of(1, 1, 3), h, w, channels))


def stripes(d: Draw) -> Graph:
    """Windows of few channels, or into few; images and signals."""
    op = Conv2D(stride=d.stride(), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    (kh, kw), (h, w), channels = (
        (d.of(1, 2, 3, 3, 5, 7, 10), d.of(1, 3, 3, 4, 5, 7)),
        d.size(),
        d.of(1, 1, 1, 2, 3, 4, 5, 8, 16),
    )
    if d.of(0, 0, 1):
        kh, h, kw, w = 1, 1, d.of(3, 5, 9, 16), 8 * d.upto(32)
    return _weighted(op, d, (d.upto(24), kh, kw, channels), 0, (d.of(1, 1, 2), max(h, kh), max(w, kw), channels))


def _pool(kind: type[AveragePool2D] | type[MaxPool2D], d: Draw) -> Graph:
    (h, w), channels = d.size(), d.channels(96)
    window = (h, w) if d.of(0, 0, 1) else (min(h, d.of(2, 2, 3)), min(w, d.of(2, 2, 3)))
    stride = window if d.of(0, 1) else d.stride()
    b = Builder(kind.__name__, (1, h, w, channels), 0)
    op = kind(window, stride, "same" if d.of(0, 1) else "valid")
    return b.ended(b.node(op, ["input"], b.graph.tensors["input"].quantization))


def average_pool_2d(d: Draw) -> Graph:
    return _pool(AveragePool2D, d)


def max_pool_2d(d: Draw) -> Graph:
    return _pool(MaxPool2D, d)


def quantize(d: Draw) -> Graph:
    graph = Graph("quantize", inputs=["x"], outputs=["y"])
    shape = (1, d.upto(2000))
    graph.add(Tensor("x", shape, "float32"))
    graph.add(Tensor("y", shape, "int8", Quantization.per_tensor(0.02, d.of(-128, 3))))
    graph.nodes = [Node(Quantize(), ("x",), ("y",))]
    return graph


def retyped(d: Draw) -> Graph:
    """Between int8 and int16."""
    graph = Graph("retyped", inputs=["x"], outputs=["y"])
    shape, types = (1, d.upto(2000)), ("int8", "int16") if d.of(0, 1) else ("int16", "int8")
    for name, dtype in zip("xy", types, strict=True):
        graph.add(Tensor(name, shape, dtype, Quantization.per_tensor(*((0.02, -5) if dtype == "int8" else (1e-4, 0)))))
    graph.nodes = [Node(Quantize(), ("x",), ("y",))]
    return graph


def softmax(d: Draw) -> Graph:
    b = Builder("softmax", (d.of(1, 1, 1, 4), d.upto(200)), 0)
    return b.ended(b.node(Softmax(), ["input"], Quantization.per_tensor(1 / 256, -128)))


def _binary(op: Operator, d: Draw) -> Graph:
    h, w = d.size()
    shape = (1, h, w, d.channels(64))
    b = Builder(op.name, shape, 0)
    first, second = (float(np.float32(x)) for x in d.rng.uniform(0.004, 0.02, 2))
    b.graph.tensors["input"] = Tensor("input", shape, "int8", Quantization.per_tensor(first, d.of(-128, -5)))
    b.graph.add(Tensor("second", shape, "int8", Quantization.per_tensor(second, d.of(-128, 3))))
    b.graph.inputs.append("second")
    return b.ended(b.node(op, ["input", "second"], Quantization.per_tensor(first + second, d.of(-128, -4))))


def add(d: Draw) -> Graph:
    return _binary(Add(d.activation()), d)


def mul(d: Draw) -> Graph:
    return _binary(Mul(d.activation()), d)


def moved(d: Draw) -> Graph:
    """Padding, concatenation or split of an image, mostly of whole words."""
    h, w = d.size()
    channels = 4 * d.upto(16) if d.of(0, 1, 1) else d.upto(32)
    b = Builder("moved", (1, h, w, 2 * channels), 0)
    q = b.graph.tensors["input"].quantization
    kind = d.of(0, 1, 2)
    if kind == 0:
        y = b.node(Pad(((0, 0), (d.of(0, 1, 2), 1), (d.of(0, 1), 2), (0, 0)), 0.0), ["input"], q)
    elif kind == 1:
        b.graph.add(Tensor("second", (1, h, w, channels), "int8", q))
        b.graph.inputs.append("second")
        y = b.node(Concatenation(axis=3), ["input", "second"], q)
    else:
        outputs = [Tensor(name, (1, h, w, channels), "int8", q) for name in ("a", "b")]
        for tensor in outputs:
            b.graph.add(tensor)
        b.graph.nodes.append(Node(Split(axis=3, sizes=(channels, channels)), ("input",), ("a", "b")))
        y = "a"
    return b.ended(y)


SAMPLERS: tuple[tuple[Callable[[Draw], Graph], int], ...] = (
    (conv_2d, 60), (pointwise, 30), (narrow, 30), (conv_3x3, 40), (depthwise_conv_2d, 60), (multiplied, 16),
    (fully_connected, 40), (average_pool_2d, 16), (max_pool_2d, 16), (softmax, 12), (quantize, 6), (retyped, 16),
    (add, 24), (mul, 16), (moved, 24),
    (few_inputs, 90), (few_outputs, 60), (first, 30), (wide, 32), (dilated, 24), (stripes, 90), (short, 160),
    (long, 120), (pairs, len(PAIRS)), (of_one_shape, len(SHAPES)),
    (plane, 80), (one_sample, 80), (one_channel, 40), (tiny, 16), (small, 60), (few_channels, 200), (unpadded, 160),
    (rows, 280), (several, 40), (ends, 80),
    (pictures, 140), (few_windows, 160), (pictures_into_ten, 24), (apart, 24), (spans, 160),
)  # fmt: skip


def samples(seed: int = 0) -> Iterator[Graph]:
    """Layers in int8, and the same with int16 activations where there is an arithmetic for them."""
    from tests.reference.wide import widened

    for graph in narrow_samples(seed):
        yield graph
        wide = widened(graph, seed)
        try:
            Simulator(wide)
        except UnsupportedError:
            continue
        yield wide


def narrow_samples(seed: int) -> Iterator[Graph]:
    """Layers of the samplers above, and of all operators the small random ones of the differential tests."""
    from tests.reference.picker import RandomPicker

    for sampler, count in SAMPLERS:
        draw = Draw(seed)
        while count:
            graph = sampler(draw)
            if _small_enough(graph):
                yield graph
                count -= 1
    special = {sampler.__name__ for sampler, _ in SAMPLERS}
    for operator in plugins.names("tests.reference.cases"):
        module = importlib.import_module(f"tests.reference.cases.{operator}")
        for i in range(6 if operator in special else 14):
            yield module.case(RandomPicker([seed, i]))


def _small_enough(graph: Graph) -> bool:
    weights = sum(t.bytes for t in graph.tensors.values() if t.is_constant)
    inputs = max(t.bytes for t in graph.activations())
    return graph.macs() <= MOST_MACS and weights <= MOST_WEIGHTS and inputs <= MOST_INPUT
