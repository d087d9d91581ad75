"""Helium 1x1 convolutions by groups of pixels: the simulator's integers, and where the form ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve._groups import HIGH, LANES, bias_weights
from edgekit.backends.c.forms.mve.conv_2d_pointwise_fours import FILE as FOURS
from edgekit.backends.c.forms.mve.conv_2d_pointwise_groups import FILE, LARGEST_C
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled

Layer = tuple[int, int, int, int, int]
# batches, height, width, input and output channels
SMALLEST, LARGEST = -LANES * 127 * HIGH - HIGH // 2, LANES * HIGH * HIGH + HIGH // 2 - 1  # biases
LAYERS: tuple[Layer, ...] = (
    (1, 12, 12, 8, 8), (1, 5, 7, 8, 16), (3, 1, 17, 8, 24), (1, 4, 4, 8, LARGEST_C), (1, 5, 5, 8, 64),
    (1, 3, 3, 8, 16), (1, 2, 4, 8, 8), (1, 4, 8, 4, 16), (2, 7, 5, 4, 8), (1, 3, 5, 4, 8),
    *((1 + c % 2, 3, 8 + c, c, 8 * (1 + c % 3)) for c in (1, 2, 3, 5, 6, 7)),
    *((1, 1, 8 + c, c, 16) for c in (1, 2, 3, 5, 6, 7)),
    (1, 7, 7, 16, 32), (2, 5, 8, 16, 8), (1, 3, 3, 16, LARGEST_C), (1, 4, 5, 16, LARGEST_C), (1, 4, 4, 16, 8),
    (1, 7, 7, 32, 16), (2, 5, 8, 32, 8), (1, 3, 3, 32, LARGEST_C), (1, 4, 5, 32, LARGEST_C),
)  # fmt: skip


APART: tuple[Layer, ...] = (  # every second pixel
    (1, 13, 13, 16, 32), (2, 5, 7, 16, 8), (3, 6, 6, 32, 16), (1, 1, 15, 32, 8), (1, 31, 2, 16, 8),
)  # fmt: skip


def graph_of(layer: Layer, i: int, stride: tuple[int, int] = (1, 1), activation: Activation = "none") -> Graph:
    *shape, in_c, out_c = layer
    b = Builder("groups", (*shape, in_c), i)
    graph = b.ended(b.weighted(Conv2D(stride, activation=activation), "input", (out_c, 1, 1, in_c), 0))
    x = graph.tensors["input"]
    zero = int(np.random.default_rng(i).integers(-128, 128))
    graph.tensors["input"] = replace(x, quantization=Quantization.per_tensor(float(x.scale), zero))
    return graph


def with_bias(graph: Graph, bias: int) -> Graph:
    """The first channel with that one when the input's zero point is folded in."""
    weights, biases = (graph.tensors[name] for name in graph.nodes[0].inputs[1:] if name is not None)
    assert weights.data is not None and biases.data is not None
    data = biases.data.copy()
    data[0] = bias + graph.tensors["input"].zero_point * int(weights.data[0].astype(np.int64).sum())
    graph.tensors[biases.name] = replace(biases, data=data)
    return graph


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file in (FILE, FOURS)]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases: list[Case] = []
    seen = set()
    for i, layer in enumerate(LAYERS):
        graph = graph_of(layer, i)
        calls = found(graph)
        assert len(calls) == 1 + (np.prod(layer[:3]) >= 16) * (1 + (layer[3] in (8, 16, 32)))
        for number, call in calls:
            seen.add(call.kernel)
            cases.append(Case(f"groups_{len(cases)}", graph, i, 2, GUARD, candidate=number))
    for i, layer in enumerate(APART):
        graph = graph_of(layer, i, (2, 2))
        for number, call in found(graph):
            seen.add(call.kernel)
            cases.append(Case(f"apart_{len(cases)}", graph, i, 2, GUARD, candidate=number))
    assert len(seen) == 18
    rng = np.random.default_rng(0)
    graphs = [
        scaled(graph_of(layer, 3), 2.0**factor) for layer in (LAYERS[0], LAYERS[-9], LAYERS[-4]) for factor in (4, 5)
    ]
    graphs += [with_bias(scaled(graph_of(LAYERS[1], 3), 2.0**-4), bias) for bias in (SMALLEST, LARGEST)]
    for i, graph in enumerate(graphs):
        inputs = {"input": rng.choice(np.array([-128, 127], np.int8), (2, *graph.tensors["input"].shape[1:]))}
        cases += [Case(f"ends_{i}_{number}", graph, i, 2, GUARD, candidate=number, inputs=inputs)
                  for number, _ in found(graph)]  # fmt: skip
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    "layer",
    [
        (1, 12, 12, 9, 8), (1, 12, 12, 15, 8), (1, 12, 12, 17, 8), (1, 12, 12, 24, 8), (1, 12, 12, 8, 12),
        (1, 12, 12, 8, 4), (1, 12, 12, 8, LARGEST_C + 8),
        (1, 1, 7, 8, 8),  # no group
    ],
)  # fmt: skip
def test_not_beside_what_it_is_made_for(layer: Layer) -> None:
    assert not found(graph_of(layer, 0))


def test_other_requantization_is_left_to_other_forms() -> None:
    """Strides, a clamp inside int8, outputs of more than 16 bits, shifts that two multiplications do not do."""
    layer = LAYERS[0]
    assert not found(graph_of(layer, 0, (1, 2))) and not found(graph_of(layer, 0, (2, 1)))
    clamped = graph_of(layer, 0, activation="relu")
    y = clamped.tensors[clamped.outputs[0]]
    clamped.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -5))
    assert not found(clamped)
    assert [bool(found(scaled(graph_of(layer, 3), 2.0**factor))) for factor in (5, 6, 14)] == [True, False, False]


def test_biases_beyond_the_constant_lanes() -> None:
    """The products with seven times -128 and 1, at both ends and in between; beyond, other forms."""
    biases = np.concatenate(
        [np.arange(SMALLEST, SMALLEST + 999), np.arange(-999, 999), np.arange(LARGEST - 999, LARGEST + 1)]
    )
    weights = bias_weights(biases)
    assert weights is not None and np.array_equal(weights @ np.array([-HIGH] * LANES + [1]), biases)
    for bias, taken in ((SMALLEST - 1, False), (SMALLEST, True), (LARGEST, True), (LARGEST + 1, False)):
        assert bool(found(with_bias(scaled(graph_of(LAYERS[0], 3), 2.0**-4), bias))) == taken
