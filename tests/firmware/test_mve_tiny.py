"""Helium fully connected layers of up to 16 inputs: the simulator's integers, and where the form ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve._connected_tiny import FILE, LARGEST
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point

Layer = tuple[int, int, int]  # inputs, units, samples
ONE: tuple[Layer, ...] = tuple((1 + 5 * units % 16, units, 1) for units in (*range(9, 26), 31, 32, 64, 77))
FOURS: tuple[Layer, ...] = (
    *((1 + 7 * (units + samples) % 16, units, samples) for units in range(1, 10) for samples in (2, 3, 4)),
    (4, 4, 4), (10, 10, 4), (16, 16, 8), (3, 1, 8), (7, 2, 12), (16, 64, 4), (15, LARGEST, 16), (5, 63, 3), (8, 3, 40),
    (8, 9, 8), (9, 62, 12), (1, 1, 8), (5, 1, 24), (15, 1, 40), (11, 1, 12), (16, 1, 8),
)  # fmt: skip


def graph_of(layer: Layer, seed: int = 0, activation: Activation = "none") -> Graph:
    inputs, units, samples = layer
    b = Builder("tiny", (samples, inputs), seed)
    graph = b.ended(b.weighted(FullyConnected(activation=activation), "input", (units, inputs), 0))
    x = graph.tensors["input"]
    zero = Quantization.per_tensor(float(x.scale), (-128, 3, 127)[seed % 3])
    graph.tensors["input"] = replace(x, quantization=zero)
    return graph


def convolution(in_c: int, out_c: int, shape: tuple[int, int, int], step: int) -> Graph:
    b = Builder("tiny", (*shape, in_c), in_c)
    return b.ended(b.weighted(Conv2D((step, step)), "input", (out_c, 1, 1, in_c), 0))


def found(graph: Graph, file: str = FILE) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == file]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    """Random inputs, and those of both ends, where sums are largest; multipliers from small to a half."""
    graphs = [graph_of(layer, i) for i, layer in enumerate((*ONE, *FOURS))]
    graphs += [scaled(graph_of(layer, 1), factor) for layer in ((9, 11, 1), (12, 6, 4)) for factor in (2.0**-5, 32)]
    graphs += [convolution(6, 9, (1, 1, 1), 1), convolution(6, 9, (2, 1, 2), 1)]
    cases: list[Case] = []
    kernels: set[str] = set()
    for i, graph in enumerate(graphs):
        calls = found(graph)
        assert len(calls) == 1, graph.tensors["input"].shape
        rng, (batches, *rest) = np.random.default_rng(i), graph.tensors["input"].shape
        ended = rng.choice(np.array([-128, 127], np.int8), (2 * batches, *rest))
        inputs = {"input": np.concatenate([rng.integers(-128, 128, (batches, *rest), np.int8), ended])}
        cases.append(Case(f"tiny_{i}", graph, i, 3, GUARD, candidate=calls[0][0], inputs=inputs))
        kernels.add(calls[0][1].kernel.removeprefix(f"{FILE}_"))
    assert kernels == {"one_from_8", "one_from_4", "eights_1", "four_4", "fours", "fours_and_2"}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("layer", "kernel"),
    [
        ((15, 1, 8), "eights_1"),
        ((16, 1, 8), "fours"),  # whose samples need no gathers: other forms are better
        ((15, 1, 12), "fours"),
        ((15, 2, 8), "fours"),
        ((15, 3, 4), "four_4"),
        ((15, 4, 8), "fours"),
        ((15, 5, 4), "fours_and_2"),
        ((15, 6, 4), "fours_and_2"),
        ((15, 7, 4), "fours"),
        ((15, 12, 1), "one_from_4"),
        ((15, 13, 1), "one_from_8"),
    ],
)
def test_the_function_by_units_and_samples(layer: Layer, kernel: str) -> None:
    assert [call.kernel for _, call in found(graph_of(layer))] == [f"{FILE}_{kernel}"]


@pytest.mark.parametrize(
    ("graph", "taken"),
    [
        (graph_of((16, 9, 1)), True),
        (graph_of((17, 9, 1)), False),
        (graph_of((8, 8, 1)), False),  # which has a function of its own
        (graph_of((8, 65, 1)), True),
        (graph_of((8, LARGEST, 4)), True),
        (graph_of((8, LARGEST + 1, 4)), False),  # outputs further apart than 255 bytes
        (graph_of((8, 8, 6)), False),  # no whole groups
        (graph_of((8, 8, 8)), True),
        (scaled(graph_of((8, 8, 4)), 2.0**14), False),  # left shifts
        (with_zero_point(graph_of((8, 8, 4), 0, "relu"), -128), True),
        (with_zero_point(graph_of((8, 8, 4), 0, "relu"), -5), False),  # a clamp
        (convolution(8, 8, (1, 2, 2), 1), True),
        (convolution(8, 8, (1, 5, 3), 2), False),  # pixels that are not next to each other
    ],
)
def test_conditions(graph: Graph, taken: bool) -> None:
    assert bool(found(graph)) == taken
