"""The Helium kernels of few outputs and small layers on an emulated Cortex-M55: every function, both sides of what each
needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve._connected_few import WIDTHS
from edgekit.backends.c.forms.mve._pairs import MOST_PLACES, places
from edgekit.backends.c.forms.mve.conv_2d_pointwise_few import BY_TABLE, DENSE
from edgekit.backends.c.forms.mve.conv_2d_pointwise_spans import CHANNELS, SPANS
from edgekit.backends.c.forms.mve.fully_connected_long import SCALAR
from edgekit.graph import Graph, Quantization
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.reference.arithmetic import high_mul
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled

Shape = tuple[int, int, int]
PICTURES: Sequence[tuple[Shape, tuple[int, int]]] = (  # batches, height, width; strides
    ((1, 1, 8), (1, 1)), ((1, 1, 7), (1, 1)), ((1, 3, 3), (1, 1)), ((2, 5, 5), (2, 2)), ((2, 3, 8), (2, 3)),
    ((1, 8, 32), (2, 2)), ((1, 3, 5), (2, 2)),
)  # fmt: skip
# inputs, units, samples: rests of 0 to 4 vectors, blocks of 8, 4 and fewer
LONG = (
    (64, 1, 1), (64, 4, 3), (68, 3, 2), (68, 5, 2), (84, 19, 2), (96, 7, 1), (96, 2, 2), (100, 1, 3), (100, 10, 4),
    (116, 8, 2), (112, 2, 1), (112, 4, 1), (116, 17, 1), (116, 3, 1), (124, 22, 2), (124, 1, 1), (128, 1, 2),
    (132, 12, 1), (68, 1, 4), (96, 1, 4), (100, 1, 4), (124, 1, 4),
)  # fmt: skip
SHORT = (
    *((16, units, batch) for units in (8, 10, 16, 24) for batch in (1, 4)), (24, 10, 1), (24, 10, 3), (32, 4, 4),
    *((17 + 6 * i, units, batch) for i, units in enumerate((8, 10, 16)) for batch in (1, 2)), (30, 4, 1),
    (30, 3, 4), (32, 3, 4), (33, 3, 4), (16, 4, 4), (64, 1, 4),
    *((33, units, 1 + i) for i, units in enumerate((4, 8, 10, 16))), (64, 2, 1), (64, 2, 4), (64, 3, 1),
)  # fmt: skip

FEW = (
    *((i, units, 4) for i in (*WIDTHS, 33) for units in (1, 2)), (16, 3, 4), (3, 16, 1), (15, 16, 1), (16, 16, 1),
    *((i, units, samples) for i in (1, 4, 10, 15) for units in (1, 2) for samples in (2, 3, 4)), (16, 1, 2), (16, 2, 3),
    *((i, units, 1) for i in (2, 7, 16) for units in (5, 6, 7, 8)),
    *((i, units, 1) for i in (1, 6, 8, 15, 16, 17, 25, 32, 33) for units in (1, 2, 3, 4)),
    *((i, 2, 1) for i in (64, 68, 80, 84, 96, 100, 112, 116, 128)),
    *((i, 1, 1) for i in (68, 80, 84, 92, 100, 112, 124, 128)),
)  # fmt: skip


def convolution(in_c: int, out_c: int, shape: Shape, stride: tuple[int, int], seed: int) -> Graph:
    b = Builder("few", (*shape, in_c), seed)
    return b.ended(b.weighted(Conv2D(stride), "input", (out_c, 1, 1, in_c), 0))


def connected(inputs: int, units: int, samples: int, seed: int = 1) -> Graph:
    b = Builder("connected", (samples, inputs), seed)
    return b.ended(b.weighted(FullyConnected(), "input", (units, inputs), 0))


def found(graph: Graph, file: str) -> list[tuple[int, Call]]:
    """The calls of a kernel file among the candidates, with their numbers."""
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == file]


def proven(graphs: Sequence[Graph], file: str, folder: Path) -> list[Call]:
    """The file's calls, each proven to be exact; layers that it does not take are left out."""
    cases, calls = [], []
    for i, graph in enumerate(graphs):
        for number, call in found(graph, file):
            calls.append(call)
            batches, *rest = graph.tensors["input"].shape
            rng = np.random.default_rng(i)
            ends = rng.choice(np.array([-128, 127], np.int8), (batches, *rest))  # where sums are largest
            inputs = {"input": np.concatenate([rng.integers(-128, 128, (batches, *rest), np.int8), ends])}
            cases.append(Case(f"{call.kernel}_{i}", graph, i, 2, GUARD, candidate=number, inputs=inputs))
    prove(cases, "qemu-m55", folder / "program")
    return calls


def test_groups_of_pixels(tmp_path: Path) -> None:
    graphs = [convolution(*sides, *picture, i) for i, picture in enumerate(PICTURES) for sides in BY_TABLE]
    calls = proven(graphs, "pointwise_few_mve", tmp_path)
    assert {c.kernel.removeprefix("pointwise_few_mve_") for c in calls} == {
        *(f"{i}x{o}" for i, o in DENSE), *(f"places_{i}x{o}" for i, o in BY_TABLE),
        "eights_16x3", "places_eights_16x3",
    }  # fmt: skip
    assert {c.fields["y_back"] == 0 for c in calls} == {False, True}


def test_spans_of_pixels(tmp_path: Path) -> None:
    """One, two or more spans a row, one pixel behind the last or two, several samples."""
    shapes = [(1 + span % 2, 2 + span % 3, 2 * span * many - odd) for span in SPANS for many, odd in ((1, 1), (3, 0))]
    graphs = [convolution(c, 1, shape, (1 + i % 3, 2), i) for i, shape in enumerate(shapes) for c in CHANNELS]
    calls = proven(graphs, "pointwise_spans_mve", tmp_path)
    assert len(calls) == len(graphs) and len({c.kernel for c in calls}) == len(SPANS) * len(CHANNELS)


def test_pairs_of_pixels(tmp_path: Path) -> None:
    sides = [
        (16, 4),
        (16, 9),
        (16, 10),
        (16, 15),
        (24, 5),
        (24, 14),
        (24, 7),
        (24, 16),
        (32, 21),
        (32, 6),
        (32, 12),
        (32, 11),
    ]
    graphs = [convolution(*s, *p, i) for i, p in enumerate(PICTURES) for s in sides[i % 2 :: 2]]
    calls = proven(graphs, "pointwise_pairs_mve", tmp_path)
    assert len({c.kernel for c in calls}) == 6
    assert {(c.fields["out_c"] % 4, c.fields["y_back"] == 0) for c in calls} == {  # type: ignore[operator]
        (rest, even) for rest in range(4) for even in (False, True)
    }


def test_many_inputs(tmp_path: Path) -> None:
    calls = proven([connected(*shape, i) for i, shape in enumerate(LONG)], "fully_connected_mve", tmp_path)
    assert len(calls) == len(LONG) and len({c.kernel for c in calls}) == 9
    assert {c.fields["rest"] for c in calls} == {0, 1, 2, 3, 4}


def test_one_shape_each(tmp_path: Path) -> None:
    calls = proven([connected(*shape, i) for i, shape in enumerate(SHORT)], "fully_connected_short_mve", tmp_path)
    assert len({c.kernel for c in calls}) == 22


def test_few_outputs_in_all(tmp_path: Path) -> None:
    graphs = [connected(*shape, i) for i, shape in enumerate(FEW)]
    graphs += [
        scaled(connected(16, 16, 1), 2.0**5),
        convolution(30, 2, (1, 2, 2), (1, 1), 1),
        convolution(100, 1, (1, 1, 1), (2, 2), 2),
    ]
    calls = proven(graphs, "fully_connected_few_mve", tmp_path)
    assert len(calls) == len(graphs) and len({c.kernel for c in calls}) == 46


@pytest.mark.parametrize(
    ("file", "graph", "taken"),
    [
        ("fully_connected_mve", connected(60, 2, 1), False),
        ("fully_connected_mve", connected(64, 2, 1), True),
        ("fully_connected_mve", connected(256, 3, 1), True),
        ("fully_connected_mve", connected(66, 2, 1), False),  # samples off the words that VLDM loads
        ("fully_connected_short_mve", connected(34, 8, 1), False),
        ("fully_connected_short_mve", connected(15, 8, 1), False),
        ("fully_connected_few_mve", connected(30, 2, 3), False),  # not four samples
        ("fully_connected_few_mve", connected(34, 2, 4), False),
        ("fully_connected_few_mve", connected(34, 2, 1), False),
        ("fully_connected_few_mve", connected(33, 5, 1), False),
        ("fully_connected_few_mve", connected(33, 3, 4), False),
        ("fully_connected_few_mve", connected(16, 2, 3), True),
        ("fully_connected_few_mve", connected(17, 2, 3), False),
        ("fully_connected_few_mve", connected(15, 3, 3), False),
        ("fully_connected_few_mve", connected(15, 2, 5), False),  # more than four samples
        ("fully_connected_few_mve", connected(16, 9, 1), False),
        ("fully_connected_few_mve", connected(17, 8, 1), False),
        ("fully_connected_few_mve", scaled(connected(16, 16, 1), 2.0**6), False),  # outputs of more than 16 bits
        ("fully_connected_short_mve", scaled(connected(16, 16, 1), 2.0**6), True),
        ("fully_connected_few_mve", connected(60, 2, 1), False),
        ("fully_connected_few_mve", connected(98, 2, 1), False),  # samples off the words that VLDM loads
        ("fully_connected_few_mve", connected(132, 2, 1), False),
        ("pointwise_pairs_mve", connected(24, 10, 1), False),  # no pair
        ("pointwise_pairs_mve", connected(24, 3, 4), False),
        ("pointwise_pairs_mve", convolution(24, 9, (1, 16, 16), (2, 2), 1), True),
        ("pointwise_pairs_mve", convolution(24, 9, (1, 17, 17), (2, 2), 1), False),  # too long a table
        ("pointwise_few_mve", convolution(24, 1, (1, 1, 7), (1, 1), 1), False),  # no group
        ("pointwise_spans_mve", convolution(24, 1, (1, 3, 22), (2, 2), 1), False),  # 11 outputs a row
        ("pointwise_spans_mve", convolution(24, 1, (1, 3, 21), (2, 3), 1), False),
        ("pointwise_spans_mve", convolution(24, 1, (1, 128, 14), (2, 2), 1), True),
        ("pointwise_spans_mve", convolution(24, 1, (1, 129, 14), (2, 2), 1), False),  # too long a table
    ],
)
def test_what_is_taken(file: str, graph: Graph, taken: bool) -> None:
    assert bool(found(graph, file)) == taken


@pytest.mark.parametrize(
    "file",
    [
        "fully_connected_mve",
        "fully_connected_short_mve",
        "fully_connected_few_mve",
        "pointwise_pairs_mve",
        "pointwise_few_mve",
        "pointwise_spans_mve",
    ],
)
@pytest.mark.parametrize("factor", [0, 14, -2])
def test_clamps_and_shifts_take_another_form(file: str, factor: int) -> None:
    """A clamp inside int8, and multipliers that two multiplications do not round as the reference does."""
    graph = {
        "fully_connected_mve": connected(100, 1, 4), "fully_connected_short_mve": connected(33, 8, 1),
        "fully_connected_few_mve": connected(30, 2, 4),
        "pointwise_pairs_mve": convolution(24, 10, (1, 2, 2), (1, 1), 1),
        "pointwise_few_mve": convolution(24, 3, (1, 3, 3), (1, 1), 1),
        "pointwise_spans_mve": convolution(16, 1, (1, 3, 13), (2, 2), 1),
    }[file]  # fmt: skip
    assert found(graph, file)
    node = graph.nodes[0]
    if factor == 0:
        op = node.op
        assert isinstance(op, Conv2D | FullyConnected)
        graph.nodes[0] = replace(node, op=replace(op, activation="relu"))
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(float(y.scale), -5))
    else:
        graph = scaled(graph, 2.0**factor)
    assert bool(found(graph, file)) == (factor < 0)


def test_places() -> None:
    picture = {"batches": 2, "in_h": 3, "in_w": 4, "out_h": 2, "out_w": 2, "stride_h": 2, "stride_w": 3}
    got = places(picture, 5)
    assert got is not None
    assert got.tolist() == [5 * (12 * n + 4 * y + x) for n in (0, 1) for y in (0, 2) for x in (0, 3)]
    assert places({**picture, "out_w": 3}, 5) is None and MOST_PLACES == 64


@pytest.mark.parametrize("second", [*SCALAR, SCALAR[0] + 999, SCALAR[1] - 1])
def test_scalar_requantization_is_that_of_vectors(second: int) -> None:
    """QADD, SMMULR, SMMLAR and SSAT against VQRDMULH twice: all of int32, the ends where doubling saturates, ties."""
    rng = np.random.default_rng(second)
    ends = [sign * (1 << 30) + np.arange(-3, 4) for sign in (-1, 1)]
    a = np.concatenate([rng.integers(-(1 << 31), 1 << 31, 50_000), rng.integers(-(1 << 20), 1 << 20, 50_000), *ends])
    for m in (1 << 30, 1_518_500_249, (1 << 31) - 1):
        doubled = np.clip(2 * a, -(1 << 31), (1 << 31) - 1)
        t = (doubled * m + (1 << 31)) >> 32
        got = np.clip(((5 << 32) + t * (2 * second) + (1 << 31)) >> 32, -128, 127)
        assert np.array_equal(got, np.clip(high_mul(high_mul(a, m), second) + 5, -128, 127))
