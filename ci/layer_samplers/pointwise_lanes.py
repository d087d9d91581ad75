"""1x1 convolutions of 1 to 8 channels into few, of any size and stride."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from benchmarks.graphs import Builder
from ci.layer_draw import Draw, Sampler
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.conv_2d import Conv2D

KINDS = tuple(product(range(1, 9), ("none", "relu")))
BEHIND = -5  # the zero point of a layer whose clamp is not saturation


def lanes(d: Draw) -> Graph:
    (channels, activation), stride = d.turn(KINDS), d.of(1, 2)
    shape = (d.of(1, 1, 2, 4), stride * (2 + d.upto(20)), stride * (3 + d.upto(20)), channels)
    b = Builder("lanes", shape, d.of(*range(1000)))
    op = Conv2D((stride, stride), activation=activation)
    graph = b.ended(b.weighted(op, "input", (d.of(1, 3, 4, d.upto(16)), 1, 1, channels), 0))
    y = graph.tensors[graph.outputs[0]]
    if activation != "none":
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), BEHIND))
    return graph


SAMPLERS: tuple[Sampler, ...] = ((lanes, 10 * len(KINDS)),)
