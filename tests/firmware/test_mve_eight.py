"""Helium 1x1 convolutions of up to 8 channels: the simulator's integers, and where the form ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_pointwise_eight import FILE, HIGH, LANES, LARGEST_C, bias_weights
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import GUARD, Case, prove

Layer = tuple[int, int, int, int, int]
# batches, height, width, input and output channels
SMALLEST, LARGEST = -113_792 - 64, 114_688 + 63
LAYERS: tuple[Layer, ...] = (
    (1, 12, 12, 8, 8), (1, 5, 7, 8, 16), (3, 1, 17, 8, 24), (1, 4, 4, 8, LARGEST_C), (1, 5, 5, 8, 64),
    (1, 3, 3, 8, 16), (1, 2, 4, 8, 8), (1, 4, 8, 4, 16), (2, 7, 5, 4, 8), (1, 3, 5, 4, 8),
    *((1 + c % 2, 3, 8 + c, c, 8 * (1 + c % 3)) for c in (1, 2, 3, 5, 6, 7)),
    *((1, 1, 8 + c, c, 16) for c in (1, 2, 3, 5, 6, 7)),
)  # fmt: skip


def graph_of(layer: Layer, i: int, stride: tuple[int, int] = (1, 1), activation: Activation = "none") -> Graph:
    *shape, in_c, out_c = layer
    b = Builder("eight", (*shape, in_c), i)
    graph = b.ended(b.weighted(Conv2D(stride, activation=activation), "input", (out_c, 1, 1, in_c), 0))
    x = graph.tensors["input"]
    zero = int(np.random.default_rng(i).integers(-128, 128))
    graph.tensors["input"] = replace(x, quantization=Quantization.per_tensor(float(x.scale), zero))
    return graph


def scaled(graph: Graph, factor: int) -> Graph:
    """With outputs 2^factor times as large."""
    for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
        q = t.quantization
        assert q is not None
        graph.tensors[t.name] = replace(t, quantization=replace(q, scale=q.scale * np.float32(2.0**factor)))
    return graph


def with_bias(graph: Graph, bias: int) -> Graph:
    """The first channel with that one when the input's zero point is folded in."""
    weights, biases = (graph.tensors[name] for name in graph.nodes[0].inputs[1:])
    assert weights.data is not None and biases.data is not None
    data = biases.data.copy()
    data[0] = bias + graph.tensors["input"].zero_point * int(weights.data[0].astype(np.int64).sum())
    graph.tensors[biases.name] = replace(biases, data=data)
    return graph


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set()
    for i, layer in enumerate(LAYERS):
        graph = graph_of(layer, i)
        calls = found(graph)
        assert len(calls) == 1 + (np.prod(layer[:3]) >= 16)
        for number, call in calls:
            seen.add(call.kernel)
            cases.append(Case(f"eight_{len(cases)}", graph, i, 2, GUARD, candidate=number))
    assert len(seen) == 5
    rng = np.random.default_rng(0)
    ends = [with_bias(graph_of(LAYERS[1], i), bias) for i, bias in enumerate((SMALLEST, LARGEST))]
    for i, graph in enumerate([scaled(graph_of(LAYERS[0], 3), factor) for factor in (4, 5)] + ends):
        inputs = {"input": rng.choice(np.array([-128, 127], np.int8), (2, *graph.tensors["input"].shape[1:]))}
        cases += [Case(f"ends_{i}_{number}", graph, i, 2, GUARD, candidate=number, inputs=inputs)
                  for number, _ in found(graph)]  # fmt: skip
    prove(cases, "qemu-m55", tmp_path / "program")
