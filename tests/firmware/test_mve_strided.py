"""Helium 1x1 convolutions of every second pixel: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve._groups import HIGH
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided import (
    CONSTANTS,
    FILE,
    IN_PAIRS,
    LARGEST_C,
    RUNS,
    UNIT,
    mask,
)
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided_eights import FILE as EIGHTS
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided_seven import FILE as SEVEN
from edgekit.graph import Graph
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled
from tests.firmware.test_mve_groups import with_bias

Layer = tuple[int, int, int, int, int]
# batches, height, width, output channels, vertical stride
LANES = CONSTANTS - 1
SMALLEST, LARGEST = -LANES * 127 * HIGH - HIGH // 2, LANES * HIGH * HIGH + HIGH // 2 - 1  # biases
SMALL = 2  # a seed of small biases
ENDS = (-127 * HIGH - HIGH // 2, HIGH * HIGH + HIGH // 2 - 1)  # those that two bytes make
LAYERS: tuple[Layer, ...] = (
    *((1 + i % 2, 3 + i % 3, 2 * run - i % 2, 4 * (1 + i % 3), 2) for i, run in enumerate(RUNS)),
    (1, 1, 3, 4, 2), (1, 1, 6, 8, 2), (1, 4, 6, 7, 3),  # less than a unit
    (4, 5, 5, 8, 2), (4, 1, 17, 8, 2), (4, 7, 7, 8, 2),  # pictures that do not follow each other by rows, and do
    (2, 31, 31, 8, 2), (2, 32, 32, IN_PAIRS, 2), (1, 33, 24, IN_PAIRS + 4, 2),  # several chunks
    (1, 13, 13, LARGEST_C, 2), (1, 13, 13, 10, 2), (1, 5, 5, 37, 2), (1, 9, 36, 8, 1), (1, 9, 16, 12, 3),
    (1, 15, 16, 8, 1), (1, 17, 16, 8, 1), (1, 17, 16, 40, 1), (1, 13, 20, 8, 1),  # a turn of units, less, more
)  # fmt: skip


def graph_of(layer: Layer, i: int, stride: int = 2, in_c: int = 8) -> Graph:
    *shape, out_c, down = layer
    b = Builder("strided", (*shape, in_c), i)
    return b.ended(b.weighted(Conv2D((down, stride)), "input", (out_c, 1, 1, in_c), 0))


def found(graph: Graph, file: str = FILE) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == file]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [graph_of(layer, i) for i, layer in enumerate(LAYERS)]
    inputs: list[dict[str, NDArray[np.int8]] | None] = [None] * len(graphs)
    rng = np.random.default_rng(0)
    for bias in (SMALLEST, LARGEST):
        graphs.append(with_bias(scaled(graph_of(LAYERS[2], 3), 2.0**-4), bias))
        inputs.append({"input": rng.choice(np.array([-128, 127], np.int8), (2, *LAYERS[2][1:3], 8))})
    cases, calls = [], []
    for i, (graph, values) in enumerate(zip(graphs, inputs, strict=True)):
        ((number, call),) = found(graph)
        calls.append(call)
        cases.append(Case(f"strided_{i}", graph, i, 2, GUARD, candidate=number, inputs=values))
    assert len({call.kernel for call in calls}) == len(RUNS)
    assert {call.fields["mask"] for call in calls} == {mask(pixels) for pixels in range(UNIT)}
    prove(cases, "qemu-m55", tmp_path / "program")


def eights(layer: Layer, factor: int = 0, bias: int = 0) -> Graph:
    return with_bias(scaled(graph_of(layer, SMALL), 2.0**factor), bias)


def test_eights_are_exact_on_the_emulated_core(tmp_path: Path) -> None:
    layers = ((1, 31, 31, 8, 2), (4, 16, 16, 8, 2), (2, 15, 31, 8, 2), (1, 46, 48, 8, 3), (1, 16, 16, 8, 1))
    graphs = [eights(layer) for layer in layers]
    graphs += [eights(layers[-1], -4, bias) for bias in ENDS]
    rng = np.random.default_rng(0)
    cases = []
    for i, graph in enumerate(graphs):
        ((number, _),) = found(graph, EIGHTS)
        x = graph.tensors["input"].shape
        ends = {"input": rng.choice(np.array([-128, 127], np.int8), (2, *x[1:]))} if i >= len(layers) else None
        cases.append(Case(f"eights_{i}", graph, i, 2, GUARD, candidate=number, inputs=ends))
    prove(cases, "qemu-m55", tmp_path / "program")


def test_where_eights_end() -> None:
    """Rows, pixels, channels, biases."""
    layer = (1, 16, 16, 8, 1)
    others = ((1, 32, 12, 8, 1), (1, 15, 16, 8, 1), (1, 16, 16, 4, 1), (1, 16, 16, 16, 1))
    assert [bool(found(eights(one), EIGHTS)) for one in (layer, *others)] == [True] + [False] * len(others)
    reach = (ENDS[0] - 1, *ENDS, ENDS[1] + 1)
    assert [bool(found(eights(layer, -4, bias), EIGHTS)) for bias in reach] == [False, True, True, False]


def test_seven_by_seven_is_exact_on_the_emulated_core(tmp_path: Path) -> None:
    layers = ((1, 13, 13, 64, 2), (1, 14, 14, 16, 2), (1, 7, 13, 32, 1), (1, 19, 14, 16, 3), (1, 13, 13, 8, 2))
    graphs = [graph_of(layer, i) for i, layer in enumerate(layers)]
    graphs += [with_bias(scaled(graph_of(layers[1], 3), 2.0**-4), bias) for bias in (SMALLEST, LARGEST)]
    cases = []
    for i, graph in enumerate(graphs):
        ((number, _),) = found(graph, SEVEN)
        cases.append(Case(f"seven_{i}", graph, i, 2, GUARD, candidate=number))
    prove(cases, "qemu-m55", tmp_path / "program")
    others = ((2, 13, 13, 16, 2), (1, 13, 15, 16, 2), (1, 11, 13, 16, 2), (1, 13, 13, 24, 2))
    assert not any(found(graph_of(layer, 0), SEVEN) for layer in others)
    assert not found(with_bias(scaled(graph_of(layers[1], 3), 2.0**-4), LARGEST + 1), SEVEN)


@pytest.mark.parametrize(
    "layer",
    [
        (1, 9, 34, 8, 2),  # 17 pixels
        (1, 9, 16, 3, 2), (1, 9, 16, LARGEST_C + 4, 2), (2, 65, 15, 8, 2),
    ],
)  # fmt: skip
def test_not_beside_what_it_is_made_for(layer: Layer) -> None:
    assert not found(graph_of(layer, 0))


def test_other_layers_are_left_to_other_forms() -> None:
    layer = (1, 9, 16, 8, 2)
    assert found(graph_of(layer, 0)) and not any(found(graph_of(layer, 0, **other)) for other in
                                                 ({"stride": 1}, {"stride": 3}, {"in_c": 4}, {"in_c": 16}))  # fmt: skip
    for bias, taken in ((SMALLEST - 1, False), (SMALLEST, True), (LARGEST, True), (LARGEST + 1, False)):
        assert bool(found(with_bias(scaled(graph_of(layer, 3), 2.0**-4), bias))) == taken
    assert [bool(found(scaled(graph_of(layer, 3), 2.0**factor))) for factor in (5, 6, 14)] == [True, False, False]
