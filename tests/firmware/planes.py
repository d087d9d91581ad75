"""Depthwise layers for the tests of kernels that lay out planes, and the forms of one kernel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Padding
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D

CORE = "cortex-m55"
Pair = tuple[int, int]
Sizes = tuple[int, int, int, int, int, Pair, Pair, Pair, Padding]
ONE, TWO, THREE, FOUR, FIVE, SEVEN = ((n, n) for n in (1, 2, 3, 4, 5, 7))


def layer(batches: int, height: int, width: int, channels: int, many: int, kernel: Pair, stride: Pair, dilation: Pair,
          padding: Padding, seed: int = 0) -> Graph:  # fmt: skip
    if padding == "valid":
        height, width = max(height, kernel[0]), max(width, kernel[1])
    b = Builder("plane", (batches, height, width, channels), seed)
    op = DepthwiseConv2D(stride, dilation, padding, ("none", "relu6")[seed % 2])
    graph = b.ended(b.weighted(op, "input", (1, *kernel, channels * many), 3))
    zero = int(np.random.default_rng(seed).integers(-128, 128))
    x, y = (graph.tensors[name] for name in (graph.inputs[0], graph.outputs[0]))
    graph.tensors[x.name] = replace(x, quantization=Quantization.per_tensor(float(x.scale), zero))
    if seed % 3 == 0:  # a clamp inside the range
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
    return graph


def forms(graph: Graph, kernel: str) -> list[tuple[int, Call]]:
    """Of a kernel, with their places among the candidates."""
    found = candidates_of(graph, graph.nodes[0], CORE)
    return [(i, c) for i, c in enumerate(found) if isinstance(c, Call) and c.kernel == kernel]


def with_large_shifts(graph: Graph) -> Graph:
    """Multipliers that no second VQRDMULH stands for."""
    for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
        assert t.quantization is not None
        q = Quantization(t.quantization.scale * np.float32(1 << 14), t.quantization.zero_point, t.quantization.axis)
        graph.tensors[t.name] = replace(t, quantization=q)
    return graph
