"""Transposed convolutions on Helium give the simulator's integers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from tests.firmware import proof
from tests.firmware.proof import Case
from tests.firmware.transposed import drawn, transposed

KERNEL, BY_TWOS = "transpose_conv_mve", "transpose_conv_by_twos_mve"


def _taken(graph: Graph) -> list[tuple[int, Call]]:
    """The forms' candidates with their places."""
    calls = enumerate(candidates_of(graph, graph.nodes[0], "cortex-m55"))
    return [(i, call) for i, call in calls if isinstance(call, Call) and call.kernel in (KERNEL, BY_TWOS)]


def _of_fours() -> Iterator[Graph]:
    """Windows of 1 to 4, 8, 9 and other vectors, pixels and strips, for pairs of windows."""
    rng = np.random.default_rng(3)
    for i, in_c in enumerate((4, 16, 32, 48, 64, 80, 128, 144, 304)):
        yield transposed(
            (1 + i % 2, 2 + i % 3, 2 + i % 4, in_c),
            4 * (1 + i % 5),
            (2, 2),
            (2, 2),
            (4 + i % 3 * 2, 4 + i % 4 * 2),
            rng,
        )
    for i, (side, in_c) in enumerate(((4, 3), (4, 12), (4, 16), (4, 33), (3, 32), (5, 20), (3, 5), (6, 8))):
        yield transposed(
            (1 + i % 2, 3, 3 + i % 3, in_c), 4 * (1 + i % 4), (side, side), (2, 2), (6 - i % 2, 6 + i % 3 * 2), rng
        )


GRAPHS = [*drawn(36), *_of_fours()]


def test_on_an_emulated_core(tmp_path: Path) -> None:
    places = [(graph, i) for graph in GRAPHS for i, _ in _taken(graph)]
    cases = [Case(f"layer_{n}", g, n, 2, proof.GUARD, candidate=i) for n, (g, i) in enumerate(places)]
    proof.prove(cases, "qemu-m55", tmp_path)


def test_all_ways_are_proven() -> None:
    calls = [call for graph in GRAPHS for _, call in _taken(graph)]
    others = [call for call in calls if call.kernel == KERNEL]
    assert {call.fields["steps"] for call in others} == {0, 1, 2}
    assert {call.fields["paired"] for call in others} == {0, 1}
    assert {int(way) for call in others for way in np.ravel(call.fields["ways"])} == {0, 1}
    assert len(calls) - len(others) >= 16


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
def test_which_layers_it_takes(
    kernel: tuple[int, int], stride: tuple[int, int], size: tuple[int, int], taken: bool
) -> None:
    graph = transposed((1, 4, 5, 3), 4, kernel, stride, size, np.random.default_rng(1))
    assert bool(_taken(graph)) is taken
