"""Helium fully connected layers whose loads and products take turns: exact, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.fully_connected_turns import FILE
from edgekit.graph import Graph
from edgekit.graph.operator import Activation
from edgekit.graph.ops.fully_connected import FullyConnected
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point

Layer = tuple[int, int, int]
# samples, inputs, units
LAYERS: tuple[Layer, ...] = (
    (1, 128, 128), (1, 128, 8), (3, 128, 24), (2, 192, 16), (1, 640, 40), (1, 256, 8), (4, 320, 8), (2, 1024, 16),
)  # fmt: skip


def graph_of(layer: Layer, i: int, activation: Activation = "none") -> Graph:
    samples, inputs, units = layer
    b = Builder("turns", (samples, inputs), i)
    return b.ended(b.weighted(FullyConnected(activation=activation), "input", (units, inputs), 0))


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, kernels = [], set()
    for i, layer in enumerate(LAYERS):
        graph = graph_of(layer, i, ("none", "relu")[i % 2])
        ((number, call),) = found(graph)
        kernels.add(call.kernel)
        cases.append(Case(f"turns_{i}", graph, i, 2, GUARD, candidate=number))
    assert kernels == {FILE, f"{FILE}_128"}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("layer", "taken"),
    [((1, 128, 8), True), ((1, 64, 8), False), ((1, 160, 8), False), ((1, 128, 12), False), ((1, 192, 8), True)],
)
def test_what_it_takes(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 1))) == taken


def test_clamps_shifts_and_wide_outputs_take_another_form() -> None:
    assert not found(with_zero_point(graph_of(LAYERS[0], 1, "relu"), -5))
    assert not found(scaled(graph_of(LAYERS[0], 1), 1 << 14))
    assert not found(scaled(graph_of(LAYERS[0], 1), 1 << 7))
