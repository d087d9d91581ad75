"""Helium fully connected layers of four samples of few inputs: the simulator's integers, and where the form ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve._groups import HIGH
from edgekit.backends.c.forms.mve.fully_connected_fours import FILE, INPUTS
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation
from edgekit.graph.ops.fully_connected import FullyConnected
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled


def graph_of(inputs: int, units: int, samples: int = 4, activation: Activation = "none") -> Graph:
    b = Builder("fours", (samples, inputs), inputs + units)
    graph = b.ended(b.weighted(FullyConnected(activation=activation), "input", (units, inputs), 0))
    x = graph.tensors["input"]
    graph.tensors["input"] = replace(x, quantization=Quantization.per_tensor(float(x.scale), inputs - 8))
    return graph


def with_bias(graph: Graph, bias: int) -> Graph:
    """The last unit with that one when the input's zero point is folded in."""
    weights, biases = (graph.tensors[name] for name in graph.nodes[0].inputs[1:] if name is not None)
    assert weights.data is not None and biases.data is not None
    data = biases.data.copy()
    data[-1] = bias + graph.tensors["input"].zero_point * int(weights.data[-1].astype(np.int64).sum())
    graph.tensors[biases.name] = replace(biases, data=data)
    return graph


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def ends(inputs: int) -> tuple[int, int]:
    """The biases that the free lanes of so many inputs can make."""
    lanes = 16 - inputs - 1
    return -lanes * (HIGH - 1) * HIGH - HIGH // 2, lanes * HIGH * HIGH + HIGH // 2 - 1


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases: list[Case] = []
    rng = np.random.default_rng(0)
    graphs = [graph_of(inputs, 32 + 32 * (inputs % 2)) for inputs in INPUTS]
    graphs += [scaled(graph_of(10, 64), factor) for factor in (1, 16)]
    graphs += [with_bias(scaled(graph_of(inputs, 32), 2.0**-5), bias) for inputs in (4, 12) for bias in ends(inputs)]
    for i, graph in enumerate(graphs):
        calls = found(graph)
        assert len(calls) == 1, graph
        ended = rng.choice(np.array([-128, 127], np.int8), (4, *graph.tensors["input"].shape[1:]))
        inputs = {"input": np.concatenate([rng.integers(-128, 128, ended.shape, np.int8), ended])}
        cases.append(Case(f"fours_{i}", graph, i, 2, GUARD, candidate=calls[0][0], inputs=inputs))
    assert len({call.kernel for graph in graphs for _, call in found(graph)}) == len(INPUTS)
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    "layer", [(3, 32, 4), (13, 32, 4), (10, 16, 4), (10, 48, 4), (10, 96, 4), (10, 32, 3), (10, 32, 5)]
)
def test_not_beside_what_it_is_made_for(layer: tuple[int, int, int]) -> None:
    assert not found(graph_of(*layer))


def test_biases_and_outputs_that_it_leaves_to_other_forms() -> None:
    for inputs in (4, 12):
        low, high = ends(inputs)
        for bias, taken in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
            assert bool(found(with_bias(scaled(graph_of(inputs, 32), 2.0**-5), bias))) == taken
    assert [bool(found(scaled(graph_of(10, 32), factor))) for factor in (16, 2.0**14)] == [True, False]
    clamped = graph_of(10, 32, activation="relu")
    y = clamped.tensors[clamped.outputs[0]]
    clamped.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -5))
    assert not found(clamped)
