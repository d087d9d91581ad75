"""Helium 1x1 convolutions of one channel by tables of pairs: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_pointwise_table_pairs import FILE, LANES, MOST, MOST_CHANNELS
from edgekit.graph import Graph
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point
from tests.firmware.test_mve_table import Layer, graph_of

LAYERS: tuple[Layer, ...] = (
    *((1, 1, n, 1, 8 + 2 * (n % 2), (1, 1)) for n in (8, 9, 15, 16, 19)),
    (1, 13, 13, 1, 10, (2, 2)), (1, 13, 13, 1, 16, (2, 2)), (4, 3, 9, 1, 24, (1, 3)), (2, 9, 5, 1, 20, (2, 1)),
    (1, 3, 5, 1, MOST_CHANNELS, (1, 1)),
)  # fmt: skip


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [graph_of(layer, i) for i, layer in enumerate(LAYERS)]
    graphs += [with_zero_point(graph_of(layer, i, "relu"), -5) for i, layer in enumerate(LAYERS[::3])]
    graphs += [scaled(graph_of(layer, i), 2.0**14) for i, layer in enumerate(LAYERS[::3])]  # shifts to the left
    cases, kernels = [], set()
    for i, graph in enumerate(graphs):
        ((number, call),) = found(graph)
        kernels.add((call.kernel, call.fields["passes"]))
        cases.append(Case(f"pairs_{i}", graph, i, 2, GUARD, candidate=number))
    assert kernels >= {(FILE, 1), (FILE, 2), (FILE, 3), (f"{FILE}_tens", 1), (f"{FILE}_tens", 2)}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ((1, 1, LANES, 1, 8, (1, 1)), True), ((1, 1, LANES - 1, 1, 8, (1, 1)), False), ((1, 4, 4, 1, 9, (1, 1)), False),
        ((1, 1, MOST, 1, 10, (1, 1)), True), ((1, 1, MOST + 1, 1, 10, (1, 1)), False), ((1, 4, 4, 2, 8, (1, 1)), False),
        ((1, 4, 4, 1, MOST_CHANNELS + 8, (1, 1)), False),
        ((1, 1, 2**16, 1, 8, (1, 2**13)), True), ((1, 1, 2**17, 1, 8, (1, 2**14)), False),
    ],
)  # fmt: skip
def test_pixels_and_channels(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0, padding="valid"))) == taken
