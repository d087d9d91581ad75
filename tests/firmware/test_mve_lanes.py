"""Helium 1x1 convolutions whose lanes are pixels: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve._pack import BLOCK
from edgekit.backends.c.forms.mve.conv_2d_pointwise_lanes import FILE, LARGEST_C, MOST, MOST_WEIGHTS
from edgekit.graph import Graph
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point

Layer = tuple[int, int, int, int, int, tuple[int, int]]
# batches, height, width, input channels, output channels, strides
LAYERS: tuple[Layer, ...] = (
    *((1 + i % 2, 9 + i % 4, 8 + i % 5, 1 + i % 8, 1 + i % 5, (1 + i // 3 % 2, 1 + i // 2 % 3)) for i in range(24)),
    (1, 12, 12, 1, 1, (1, 1)), (1, 13, 13, 5, 10, (2, 2)), (1, 13, 13, 8, 3, (2, 2)), (1, 1, 8, 3, 4, (1, 1)),
    (1, 31, 31, 2, 3, (1, 1)), (4, 31, 31, 1, 8, (2, 2)), (1, 50, 20, 4, 1, (2, 1)), (1, 16, 33, 1, 1, (1, 1)),
    (1, 60, 40, 3, 5, (2, 2)), (1, 3, 3, 7, 27, (1, 1)),
)  # fmt: skip


def graph_of(layer: Layer, i: int, activation: Activation = "none") -> Graph:
    *shape, out_c, stride = layer
    b = Builder("lanes", tuple(shape), i)
    return b.ended(b.weighted(Conv2D(stride, activation=activation), "input", (out_c, 1, 1, shape[-1]), 0))


def found(graph: Graph) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [graph_of(layer, i) for i, layer in enumerate(LAYERS)]
    graphs += [with_zero_point(graph_of(layer, i, "relu"), -5) for i, layer in enumerate(LAYERS[:16])]
    rng = np.random.default_rng(0)
    cases, calls = [], []
    for i, graph in enumerate(graphs):
        assert found(graph), i
        ((number, call),) = found(graph)
        calls.append(call)
        x = graph.tensors["input"].shape
        ends: dict[str, NDArray[np.int8]] = {"input": rng.choice(np.array([-128, 127], np.int8), (2 * x[0], *x[1:]))}
        cases.append(Case(f"lanes_{i}", graph, i, 2, GUARD, candidate=number, inputs=ends if i % 3 == 2 else None))
    assert len({call.kernel for call in calls}) == 2 * LARGEST_C
    assert {call.fields["runs"] == 1 for call in calls} == {True, False}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize("layer", LAYERS)
def test_every_output_has_its_input(layer: Layer) -> None:
    """Blocks of all runs together: each pixel of the output, from the right place, and nothing else."""
    batches, height, width, in_c, out_c, (down, right) = layer
    ((_, call),) = found(graph_of(layer, 0))
    table = np.asarray(call.fields["places"]).astype(np.int64).reshape(-1, 2, BLOCK)
    starts = np.asarray(call.fields["starts"]).reshape(-1, 1, 2)
    pairs = np.stack([table[:, 0], table[:, 1, [0, 2, 4, 6, 1, 3, 5, 7]]], axis=-1).reshape(-1, 2)
    where = {(int(y), int(x)) for x, y in (starts + pairs).reshape(-1, 2)}
    pixels = [((n * height + y) * width + x) * in_c
              for n in range(batches) for y in range(0, height, down) for x in range(0, width, right)]  # fmt: skip
    assert where == {(i * out_c, x) for i, x in enumerate(pixels)}


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ((1, 1, BLOCK - 1, 2, 3, (1, 1)), False), ((1, 1, BLOCK, 2, 3, (1, 1)), True),
        ((1, 5, 5, LARGEST_C, 3, (1, 1)), True), ((1, 5, 5, LARGEST_C + 1, 3, (1, 1)), False),
        ((1, 5, 5, 7, MOST_WEIGHTS // 7, (1, 1)), True), ((1, 5, 5, 7, MOST_WEIGHTS // 7 + 1, (1, 1)), False),
        ((1, 3, 2 * MOST, 2, 3, (2, 2)), True), ((1, 3, 2 * MOST + 2, 2, 3, (2, 2)), False),  # rows of a run
        ((1, 100, 14, 1, 3, (2, 2)), True), ((1, 106, 14, 1, 3, (2, 2)), False),  # 53 rows of 7
    ],
)  # fmt: skip
def test_pixels_and_channels(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0))) == taken


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ((1, 12, 12, 1, 8, (1, 1)), True), ((1, 12, 12, 2, 8, (1, 1)), False), ((1, 5, 5, 1, 8, (1, 1)), False),
        ((1, 13, 13, 2, 16, (2, 2)), True), ((1, 13, 13, 3, 16, (2, 2)), False), ((1, 7, 7, 1, 8, (2, 2)), False),
        ((1, 16, 16, 4, 8, (2, 2)), True), ((1, 16, 16, 5, 8, (2, 2)), False), ((1, 16, 16, 5, 9, (2, 2)), True),
    ],
)  # fmt: skip
def test_blocks_of_eight_channels_where_they_take_fewer_instructions(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0))) == taken


def test_places_have_sixteen_bits() -> None:
    """Two rows of outputs of a run, the second one as far away as that."""
    assert found(graph_of((1, 5, 1600, LARGEST_C, 1, (4, 200)), 0))
    assert not found(graph_of((1, 6, 1700, LARGEST_C, 1, (5, 200)), 0))


def test_shifts_and_outputs_beyond_halfwords_take_another_form() -> None:
    layer = LAYERS[3]
    assert [bool(found(scaled(graph_of(layer, 3), 2.0**factor))) for factor in (0, 14)] == [True, False]
