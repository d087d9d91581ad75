"""Convolutions of any shape."""

from __future__ import annotations

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler, weighted
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected


def wide(d: Draw) -> Graph:
    """1x1 convolutions and fully connected layers of many channels, of a multiple of 16."""
    inputs, outputs = d.of(48, 48, 80, 96, 112, 144, 208), 8 * d.upto(8)
    if d.of(0, 0, 1):
        return weighted(FullyConnected(activation=d.activation()), d, (outputs, inputs), 0, (d.of(1, 4), inputs))
    (h, w), op = (d.size() if inputs > 48 else (d.upto(5), 2)), Conv2D(activation=d.activation())
    return weighted(op, d, (outputs, 1, 1, inputs), 0, (1, h, w, inputs))


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
        return weighted(depthwise, d, (1, side, side, channels), 3, shape)
    return weighted(Conv2D(dilation=spread, activation=activation), d, (d.channels(32), side, side, channels), 0, shape)


def conv_2d(d: Draw) -> Graph:
    op = Conv2D(stride=d.stride(), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    (kh, kw), (h, w), channels = d.window(), d.size(), d.channels(96)
    size = (1, max(h, kh), max(w, kw), channels)
    return weighted(op, d, (d.channels(96), kh, kw, channels), 0, size)


def conv_3x3(d: Draw) -> Graph:
    op = Conv2D(padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    (h, w), channels = d.size(), d.of(3, 72, 132) if d.of(0, 0, 0, 1) else d.channels(96)
    return weighted(op, d, (2 * d.upto(24), 3, 3, channels), 0, (1, max(h, 3), max(w, 3), channels))


def few_inputs(d: Draw) -> Graph:
    """1x1 convolutions and fully connected layers of at most 16 inputs."""
    (h, w), inputs, outputs = d.size(), d.of(d.upto(3), 4, 8, 12, 16, 4 + d.upto(12)), d.upto(64)
    if d.of(0, 0, 0, 1):
        return weighted(FullyConnected(activation=d.activation()), d, (outputs, inputs), 0, (d.upto(4), inputs))
    op = Conv2D(stride=d.stride() if d.of(0, 0, 1) else (1, 1), activation=d.activation())
    return weighted(op, d, (outputs, 1, 1, inputs), 0, (d.of(1, 1, 2), h, w, inputs))


def few_outputs(d: Draw) -> Graph:
    """Fully connected layers as those at the end of classifiers, and 1x1 convolutions of images into few channels."""
    width = 4 * d.upto(128) + d.of(0, 0, 0, 1, 2, 3)
    if d.of(0, 0, 1):
        op, width = Conv2D(stride=d.stride() if d.of(0, 0, 1) else (1, 1), activation=d.activation()), d.channels(96)
        return weighted(op, d, (d.upto(6), 1, 1, width), 0, (1, *d.size(), width))
    return weighted(FullyConnected(activation=d.activation()), d, (d.upto(16), width), 0, (d.of(1, 1, 4), width))


def ends(d: Draw) -> Graph:
    """Layers whose inputs end with one or two after whole words, and layers of one output; no clamp inside."""
    inputs, outputs = (d.of(5, 6, 9, 10, 13, 14), d.upto(40)) if d.of(0, 1) else (4 * d.upto(35), 1)
    if d.of(0, 1):
        b = Builder("ends", (d.of(1, 2, 3, 4), inputs), d.of(*range(1000)))
        return b.ended(b.weighted(FullyConnected(), "input", (outputs, inputs), 0))
    b = Builder("ends", (1, d.upto(9), d.upto(9), inputs), d.of(*range(1000)))
    return b.ended(b.weighted(Conv2D(d.stride()), "input", (outputs, 1, 1, inputs), 0))


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
    return weighted(op, d, (d.upto(24), kh, kw, channels), 0, (d.of(1, 1, 2), max(h, kh), max(w, kw), channels))


SAMPLERS: tuple[Sampler, ...] = (
    (conv_2d, 60),
    (conv_3x3, 40),
    (few_inputs, 90),
    (few_outputs, 60),
    (wide, 32),
    (dilated, 24),
    (stripes, 90),
    (short, 160),
    (ends, 80),
)
