"""Layers of other samplers with a ReLU whose zero point is the lowest value, which multiply once an output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from ci.layer_samplers.by_twos import by_twos
from ci.layer_samplers.depthwise import depthwise_conv_2d, few_channels
from ci.layer_samplers.pointwise import groups, groups_apart
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D


def of_one_sign(sampler: Callable[[Draw], Graph]) -> Callable[[Draw], Graph]:
    @wraps(sampler)
    def drawn(d: Draw) -> Graph:
        graph = sampler(d)
        (node,) = graph.nodes
        assert isinstance(node.op, Conv2D | DepthwiseConv2D)
        graph.nodes[0] = replace(node, op=replace(node.op, activation="relu"))
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -128))
        return graph

    return drawn


def odd_widths(d: Draw) -> Graph:
    """Depthwise 3x3 windows, rows of an odd number of pixels."""
    b = Builder("odd", (d.of(1, 1, 2), 5 + d.upto(60), 3 + 2 * d.upto(10), d.channels(64)), d.of(*range(1000)))
    op = DepthwiseConv2D(padding="same" if d.of(0, 1, 1) else "valid")
    return b.ended(b.weighted(op, "input", (1, d.of(2, 3, 3), d.of(2, 3, 3), b.graph.tensors["input"].shape[3]), 3))


def rgb(d: Draw) -> Graph:
    """3x3 windows of 3 channels into an even number, rows of a multiple of 4 pixels."""
    stride, valid = d.turn((1, 2)), d.of(0, 0, 1) == 1
    windows = 4 * d.upto(8)
    width = (windows - 1) * stride + 3 if valid else windows * stride - d.of(0, stride - 1)
    b = Builder("rgb", (d.of(1, 1, 2, 3), 3 + d.upto(30), width, 3), d.of(*range(1000)))
    op = Conv2D((stride, stride), padding="valid" if valid else "same")
    return b.ended(b.weighted(op, "input", (2 * d.upto(8), 3, 3, 3), 0))


def even_blocks(d: Draw) -> Graph:
    """Windows of two, three, four, eight and nine vectors into multiples of 8."""
    (kh, kw), in_c = d.turn((((1, 1), 64), ((1, 1), 128), ((3, 3), 16), ((10, 4), 1), ((3, 3), 3)))
    b = Builder("even", (d.of(1, 1, 2), kh + d.upto(7), kw + d.upto(7), in_c), d.of(*range(1000)))
    op = Conv2D(padding="same" if d.of(0, 1, 1) else "valid")
    return b.ended(b.weighted(op, "input", (8 * d.upto(8), kh, kw, in_c), 0))


SAMPLERS: tuple[Sampler, ...] = (
    (of_one_sign(by_twos), 90),
    (of_one_sign(even_blocks), 75),
    (of_one_sign(groups), 60),
    (of_one_sign(groups_apart), 40),
    (of_one_sign(depthwise_conv_2d), 60),
    (of_one_sign(few_channels), 80),
    (of_one_sign(odd_widths), 80),
    (of_one_sign(rgb), 60),
)
