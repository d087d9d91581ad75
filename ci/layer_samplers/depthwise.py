"""Depthwise convolutions."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler, weighted
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D


def depthwise_conv_2d(d: Draw) -> Graph:
    op = DepthwiseConv2D(stride=d.stride(), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    (kh, kw), (h, w), channels = d.window(), d.size(), d.channels(256)
    if d.of(0, 1, 1):
        kh = kw = 3
    multiplier = d.of(1, 1, 1, 1, 1, 2)
    return weighted(op, d, (1, kh, kw, channels * multiplier), 3, (1, max(h, kh), max(w, kw), channels))


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
    return weighted(op, d, (1, kh, kw, channels * d.of(4, 8, 8, 16)), 3, (1, h, w, channels))


def few_channels(d: Draw) -> Graph:
    """Depthwise convolutions of few channels; wide pictures too."""
    stride, channels = d.of(1, 1, 2), d.upto(16)
    op = DepthwiseConv2D((stride, stride), padding="same" if d.of(0, 1, 1) else "valid", activation=d.activation())
    windows = ((3, 3), (3, 3), (d.of(1, 2, 3), d.of(1, 2, 3)), (d.of(4, 5, 7, 7, 10), d.of(4, 5, 7, 7)))
    kh, kw = windows[d.of(0, 1, 2, 3)]
    h, w = d.upto(40), 16 * d.of(1, 2, 3) if d.of(0, 0, 1) else d.upto(50)
    x = (d.of(1, 1, 2), max(h, kh), max(w, kw), channels)
    return weighted(op, d, (1, kh, kw, channels * d.of(1, 1, 2, 4)), 3, x)


def large_windows(d: Draw) -> Graph:
    """Depthwise convolutions of windows larger than 3x3, of as many channels as in the middle of a network."""
    stride, channels = d.of(1, 1, 2), d.upto(40)
    op = DepthwiseConv2D((stride, stride), padding="same" if d.of(0, 1, 1, 1) else "valid", activation=d.activation())
    kh, kw = d.turn(((5, 5), (7, 7), (4, 4), (10, 4), (5, 5), (6, 6), (3, 5), (5, 7)))
    x = (d.of(1, 1, 2), d.upto(30) + kh - d.upto(kh), d.upto(40) + kw - d.upto(kw), channels)
    b = Builder("large", x if op.padding == "same" else (x[0], x[1] + kh, x[2] + kw, channels), d.of(*range(1000)))
    graph = b.ended(b.weighted(op, "input", (1, kh, kw, channels), 3))
    if d.of(0, 1, 1) == 0:  # a clamp inside the range
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -5))
    return graph


def several(d: Draw) -> Graph:
    """Depthwise convolutions of several samples, few channels and strides; no clamp inside."""
    (h, w), channels, stride, side = d.size(), d.upto(20), d.of(1, 2, 2, 3), d.of(2, 3, 3, 3, 5)
    b = Builder("several", (d.of(1, 2, 4), h, w, channels), d.of(*range(1000)))
    op = DepthwiseConv2D((stride, stride))
    return b.ended(b.weighted(op, "input", (1, side, side, channels * d.of(1, 1, 2)), 3))


def fours(d: Draw, stride: int = 1, windows: tuple[int, ...] = (2, 3, 3, 3)) -> Graph:
    """Depthwise convolutions of fours of channels, one pixel apart, as most of a network are; tall pictures too."""
    activation = d.turn(("relu", "none", "relu"))
    op = DepthwiseConv2D((stride, stride), padding="same" if d.of(0, 1, 1, 1) else "valid", activation=activation)
    (kh, kw), channels = (d.of(*windows), d.of(*windows)), 4 * d.of(1, 1, 2, 4, 8)
    x = (d.of(1, 1, 2), kh + d.upto(30 * stride), kw + d.upto(24 * stride), channels)
    b = Builder("fours", x, d.of(*range(1000)))
    graph = b.ended(b.weighted(op, "input", (1, kh, kw, channels), 3))
    if d.of(0, 1, 1, 1) == 0:  # a clamp inside the range
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -5))
    return graph


def fours_apart(d: Draw) -> Graph:
    return fours(d, stride=2)


def fours_of_five(d: Draw) -> Graph:
    return fours(d, d.of(1, 2), (4, 5, 5, 5))


def fours_of_seven(d: Draw) -> Graph:
    return fours(d, d.of(1, 2), (6, 7, 7, 7))


SAMPLERS: tuple[Sampler, ...] = (
    (depthwise_conv_2d, 60),
    (multiplied, 16),
    (small, 60),
    (few_channels, 200),
    (several, 40),
    (large_windows, 160),
    (fours, 60),
    (fours_apart, 80),
    (fours_of_five, 130),
    (fours_of_seven, 130),
)
