"""Helium convolutions of rows of one or two spans: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_spans import FILE, SHAPES
from edgekit.graph import Graph
from edgekit.graph.operator import Padding
from tests.firmware.proof import Case, prove
from tests.firmware.test_mve_few import Layer, graph_of, limited

QUADS = "conv_2d_quads_mve"
SAME: Padding = "same"
# batches, height, width, input and output channels, width of the window, stride, padding
LAYERS: tuple[Layer, ...] = (
    *((1, 13, 13, c, (1, 3, 10)[i % 3], 3, (2, 2), SAME) for i, c in enumerate((4, 5, 8, 16, 24))),
    *((3, 5, 13, c, (4, 1)[i % 2], 3, (2, 2), SAME) for i, c in enumerate((4, 5, 8, 16, 24))),
    *((1, 12, 12, c, (3, 1)[i % 2], 3, (1, 1), SAME) for i, c in enumerate((4, 5, 8))),
    *((2, 3, 12, c, (1, 4)[i % 2], 3, (1, 1), SAME) for i, c in enumerate((4, 5, 8))),
)  # fmt: skip

OF_THREE: tuple[Layer, ...] = (
    (1, 12, 12, 3, 4, 3, (1, 1), SAME), (3, 3, 12, 3, 4, 3, (1, 1), SAME),
    (1, 13, 13, 3, 4, 3, (2, 2), SAME), (2, 7, 13, 3, 4, 3, (2, 2), SAME), (1, 9, 13, 3, 4, 3, (2, 2), SAME),
)  # fmt: skip


def spans_of(graph: Graph, file: str = FILE) -> tuple[int, Call] | None:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return next(((i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == file), None)


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set[str]()
    for i, layer in enumerate(LAYERS):
        graph = graph_of(layer, i)
        found = spans_of(graph)
        assert found is not None, layer
        seen |= {found[1].kernel, f"{found[1].fields['channels'] == 1}"}
        cases.append(Case(f"spans_{i}", graph, i, 2, 64, candidate=found[0]))
    for i, layer in enumerate(OF_THREE):
        graph = graph_of(layer, i)
        found = spans_of(graph, QUADS)
        assert found is not None, layer
        seen.add(found[1].kernel)
        cases.append(Case(f"quads_{i}", graph, i, 2, 64, candidate=found[0]))
    assert seen == {f"{FILE}_{shape.name}" for shape in SHAPES} | {f"{QUADS}_by_1", f"{QUADS}_by_2"} | {"False", "True"}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    "layer",
    [
        (1, 13, 13, 3, 4, 3, (2, 2), SAME),  # no code for these channels
        (1, 13, 13, 4, 17, 3, (2, 2), SAME),
        (1, 13, 12, 4, 4, 3, (2, 2), SAME),  # a row of 12 in steps of two
        (1, 12, 13, 4, 4, 3, (2, 2), SAME),  # padding below only
        (1, 3, 13, 4, 4, 3, (2, 2), SAME),  # no row between the first and the last
        (1, 12, 13, 4, 4, 3, (1, 1), SAME),
        (1, 13, 13, 4, 4, 3, (2, 2), "valid"),
        (1, 13, 13, 4, 4, 3, (1, 2), SAME),
    ],
)
def test_not_beside_what_it_is_made_for(layer: Layer) -> None:
    assert spans_of(graph_of(layer, 0)) is None


@pytest.mark.parametrize(
    "layer",
    [
        (1, 12, 12, 3, 3, 3, (1, 1), SAME), (1, 12, 12, 4, 4, 3, (1, 1), SAME), (1, 12, 13, 3, 4, 3, (1, 1), SAME),
        (1, 12, 13, 3, 4, 3, (2, 2), SAME), (1, 13, 12, 3, 4, 3, (2, 2), SAME), (1, 13, 13, 3, 4, 3, (1, 2), SAME),
        (1, 2, 12, 3, 4, 3, (1, 1), SAME), (1, 14, 14, 3, 4, 3, (1, 1), "valid"), (1, 12, 12, 3, 4, 2, (1, 1), SAME),
    ],
)  # fmt: skip
def test_quads_are_of_three_channels_into_four(layer: Layer) -> None:
    assert spans_of(graph_of(layer, 0), QUADS) is None


def test_a_clamp_is_left_to_other_forms() -> None:
    assert spans_of(limited(LAYERS[0], 0)) is None
    assert spans_of(limited(OF_THREE[0], 0), QUADS) is None
