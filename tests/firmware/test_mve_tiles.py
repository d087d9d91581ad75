"""Helium convolutions of two channels by tiles: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_two_tiles import FILE, LARGEST_W, SMALLEST_H, SMALLEST_W
from edgekit.graph import Graph
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled
from tests.firmware.test_mve_few import TWO, Layer, call_of, graph_of, limited

WIDTHS = range(SMALLEST_W, LARGEST_W + 1, 2)
# batches, height, width, input and output channels, width of the window, stride, padding
LAYERS: tuple[Layer, ...] = (
    *((1, 12, 12, 2, c, 3, (1, 1), "same") for c in (8, 10, 16)),
    *((1, SMALLEST_H, width, 2, (8, 10)[i % 2], 3, (1, 1), "same") for i, width in enumerate(WIDTHS)),
    (3, 5, 6, 2, 10, 3, (1, 1), "same"), (2, 7, 8, 2, 13, 3, (1, 1), "same"), (1, 11, 38, 2, 10, 3, (1, 1), "same"),
    (1, 40, 6, 2, 9, 3, (1, 1), "same"), (1, 6, 38, 2, 80, 3, (1, 1), "same"),
)  # fmt: skip


def tiles_of(graph: Graph) -> tuple[int, Call] | None:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return next(((i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE), None)


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set()
    for i, layer in enumerate(LAYERS):
        graph = graph_of(layer, i)
        found = tiles_of(graph)
        assert found is not None, layer
        seen.add((found[1].kernel, found[1].fields["copy"]))
        cases.append(Case(f"tiles_{i}", graph, i, 2, GUARD, candidate=found[0]))
    assert len({copy for _, copy in seen}) == len(WIDTHS) and len({kernel for kernel, _ in seen}) == 2
    rng = np.random.default_rng(0)
    for i, factor in enumerate((4, 5)):  # sums and outputs at both ends, as large as 16 bits take them
        graph = scaled(graph_of(LAYERS[i], 3), 2.0**factor)
        found = tiles_of(graph)
        assert found is not None
        inputs = {"input": rng.choice(np.array([-128, 127], np.int8), (2, *graph.tensors["input"].shape[1:]))}
        cases.append(Case(f"ends_{i}", graph, i, 2, GUARD, candidate=found[0], inputs=inputs))
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    "layer",
    [
        (1, 12, 12, 2, 7, 3, (1, 1), "same"), (1, 12, 12, 2, 81, 3, (1, 1), "same"),
        (1, 12, 12, 3, 8, 3, (1, 1), "same"), (1, 12, 12, 2, 8, 2, (1, 1), "same"),
        (1, 12, 11, 2, 8, 3, (1, 1), "same"),  # rows that do not end with a word
        (1, 12, 2, 2, 8, 3, (1, 1), "same"), (1, 12, 40, 2, 8, 3, (1, 1), "same"),
        (1, 3, 12, 2, 8, 3, (1, 1), "same"),  # no row of tiles
        (1, 14, 14, 2, 8, 3, (1, 1), "valid"), (1, 12, 12, 2, 8, 3, (2, 2), "same"),
        (1, 12, 12, 2, 8, 3, (1, 2), "same"),
    ],
)  # fmt: skip
def test_not_beside_what_it_is_made_for(layer: Layer) -> None:
    assert tiles_of(graph_of(layer, 0)) is None


def test_other_requantization_is_left_to_other_forms() -> None:
    """A clamp inside int8; outputs of more than 16 bits, whose shifts two multiplications still do."""
    assert tiles_of(limited(LAYERS[0], 0)) is None
    graphs = [scaled(graph_of(LAYERS[0], 3), 2.0**factor) for factor in range(7)]
    assert [tiles_of(graph) is not None for graph in graphs] == [True] * 6 + [False]
    assert call_of(graphs[-1], TWO) is not None
