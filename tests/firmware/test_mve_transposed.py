"""Transposed convolutions on Helium give the simulator's integers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from tests.firmware import proof
from tests.firmware.proof import Case
from tests.firmware.transposed import drawn, transposed

KERNEL = "transpose_conv_mve"


def _taken(graph: Graph) -> Call | None:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return next((call for call in calls if isinstance(call, Call) and call.kernel == KERNEL), None)


GRAPHS = [graph for graph in drawn(60) if _taken(graph) is not None]


def test_on_an_emulated_core(tmp_path: Path) -> None:
    proof.prove([Case(f"layer_{i}", g, i, 2, proof.GUARD) for i, g in enumerate(GRAPHS)], "qemu-m55", tmp_path)


def test_all_ways_are_proven() -> None:
    calls = [call for call in map(_taken, GRAPHS) if call is not None]
    assert len(calls) >= 45
    assert {call.fields["steps"] for call in calls} == {0, 1, 2}
    assert {int(way) for call in calls for way in np.ravel(call.fields["ways"])} == {0, 1}


@pytest.mark.parametrize(
    ("kernel", "stride", "size", "taken"),
    [
        ((2, 2), (2, 2), (8, 10), True),
        ((1, 2), (2, 2), (8, 10), False),  # outputs that nothing reaches
        ((3, 3), (3, 3), (12, 15), True),
        ((3, 3), (3, 3), (10, 15), True),  # a phase that begins below the first row
        ((3, 3), (3, 3), (12, 13), False),  # right of the first column
    ],
)
def test_which_layers_it_takes(kernel: tuple[int, int], stride: tuple[int, int], size: tuple[int, int], taken: bool) -> None:
    graph = transposed((1, 4, 5, 3), 4, kernel, stride, size, np.random.default_rng(1))
    assert (_taken(graph) is not None) is taken
