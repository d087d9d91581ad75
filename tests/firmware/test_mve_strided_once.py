"""Helium 1x1 convolutions of every second pixel, few outputs in runs: the simulator's integers, its ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided_once import FILE, SHAPES
from edgekit.graph import Graph
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.test_mve_strided import ENDS, Layer, eights, found

LAYERS: tuple[tuple[Layer, str], ...] = (  # and runs
    ((4, 8, 8, 8, 2), "16x4"), ((4, 7, 7, 8, 2), "16x4"), ((1, 15, 15, 8, 2), "16x4"), ((2, 22, 7, 8, 3), "16x4"),
    ((4, 5, 5, 8, 2), "12x3"), ((2, 3, 12, 8, 1), "12x3"), ((1, 12, 5, 8, 1), "12x3"),
    ((4, 1, 17, 8, 2), "4x9"), ((1, 7, 18, 8, 2), "4x9"), ((2, 1, 36, 8, 2), "4x9"),
    ((1, 13, 13, 8, 2), "7x7"), ((1, 14, 14, 8, 2), "7x7"), ((7, 1, 13, 8, 2), "7x7"),
    ((1, 13, 13, 10, 2), "7x7_10"), ((1, 7, 14, 10, 1), "7x7_10"), ((7, 3, 13, 10, 3), "7x7_10"),
)  # fmt: skip


def of(graph: Graph, runs: str) -> list[int]:
    """The numbers of its forms."""
    return [number for number, call in found(graph, FILE) if call.kernel == f"{FILE}_{runs}"]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    assert {runs for _, runs in LAYERS} == {shape.name for shape in SHAPES}
    graphs = [(eights(layer), runs) for layer, runs in LAYERS]
    one_each = {runs: layer for layer, runs in LAYERS}
    graphs += [(eights(layer, -4, bias), runs) for runs, layer in one_each.items() for bias in ENDS]
    rng = np.random.default_rng(0)
    cases = []
    for i, (graph, runs) in enumerate(graphs):
        (number,) = of(graph, runs)
        x = graph.tensors["input"].shape
        ends = {"input": rng.choice(np.array([-128, 127], np.int8), (2 * x[0], *x[1:]))} if i >= len(LAYERS) else None
        cases.append(Case(f"once_{i}", graph, i, 2, GUARD, candidate=number, inputs=ends))
    prove(cases, "qemu-m55", tmp_path / "program")


def test_rows_of_two_kinds_of_runs() -> None:
    """Nine outputs are three runs of three as well."""
    assert len(found(eights((1, 7, 18, 8, 2)), FILE)) == 2


@pytest.mark.parametrize(
    "layer", [(1, 13, 15, 8, 2), (4, 7, 7, 16, 2), (3, 8, 8, 8, 2), (4, 5, 7, 8, 2), (1, 13, 13, 9, 2)]
)
def test_other_shapes_are_left_to_other_forms(layer: Layer) -> None:
    assert not found(eights(layer), FILE)


def test_where_it_ends() -> None:
    """Biases that two bytes do not make; outputs of more than 16 bits."""
    reach = (ENDS[0] - 1, *ENDS, ENDS[1] + 1)
    layer = LAYERS[0][0]
    assert [bool(found(eights(layer, -4, bias), FILE)) for bias in reach] == [False, True, True, False]
    assert [bool(found(eights(layer, factor), FILE)) for factor in (4, 7)] == [True, False]
