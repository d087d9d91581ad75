"""Helium 1x1 convolutions of one channel into few, pixels apart: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_pointwise_table_places import FILE, LEAST
from edgekit.graph import Graph
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point
from tests.firmware.test_mve_table import Layer, graph_of

LAYERS: tuple[Layer, ...] = tuple(
    (*shape, 1, n, stride)
    for n in (1, 2, 3)
    for shape, stride in (((1, 13, 13), (2, 2)), ((2, 7, 11), (1, 3)), ((4, 3, 7), (2, 2)), ((1, 16, 16), (1, 2)))
)


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [graph_of(layer, i) for i, layer in enumerate(LAYERS)]
    graphs += [with_zero_point(graph_of(layer, i, "relu"), -5) for i, layer in enumerate(LAYERS[::4])]
    graphs += [scaled(graph_of(layer, i), 2.0**14) for i, layer in enumerate(LAYERS[::4])]  # shifts to the left
    cases = []
    for i, graph in enumerate(graphs):
        ((number, _),) = found(graph)
        cases.append(Case(f"places_{i}", graph, i, 2, GUARD, candidate=number))
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ((1, 1, 2 * LEAST, 1, 3, (1, 2)), True), ((1, 1, 2 * LEAST - 2, 1, 3, (1, 2)), False),
        ((1, 5, 5, 1, 3, (1, 1)), False), ((1, 9, 9, 1, 4, (2, 2)), False), ((1, 9, 9, 2, 3, (2, 2)), False),
        ((1, 1, 256, 1, 1, (1, 3)), True), ((1, 1, 257, 1, 1, (1, 2)), False),
    ],
)  # fmt: skip
def test_pixels_and_channels(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0))) == taken
