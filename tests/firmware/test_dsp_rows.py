"""Convolution that expands rows once, and that of small pictures as a fully connected layer, give the simulator's
integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.dsp.conv_2d_connected import MOST
from edgekit.graph import Graph
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

EXPANDED, PLANES, THREE = "conv_2d_expanded_dsp", "conv_2d_planes_dsp", "conv_2d_three_dsp"
CONNECTED = ("fully_connected_few_dsp", "pointwise_narrow_dsp")
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1.0, 0.25), (1e-7, 1.0))  # left shifts, constants
STRIDES = ((1, 1), (2, 2), (1, 2), (2, 1), (3, 1))
PADDINGS: tuple[Padding, ...] = ("same", "same", "valid")
WIDTHS = (4, 7, 3, 6, 9, 10, 8, 11, 13)  # of outputs: fours and threes
SMALL = (  # picture, kernel, inputs, outputs
    ((2, 2), (3, 3), 3, 8), ((3, 3), (3, 3), 3, 8), ((3, 2), (3, 3), 1, 5), ((1, 5), (1, 3), 4, 3),
    ((2, 2), (2, 2), 4, 16), ((3, 3), (3, 3), 1, 8), ((4, 1), (3, 1), 2, 2), ((2, 3), (5, 5), 2, 6),
)  # fmt: skip


def files(graph: Graph) -> dict[int, Call]:
    found = candidates_of(graph, graph.nodes[0], "cortex-m4")
    return {k: c for k, c in enumerate(found) if not isinstance(c, Alias)}


def drawn() -> Iterator[tuple[str, Graph, tuple[str, ...]]]:
    """Sizes, strides, both paddings, bands of all lines and of few, batches, clamps; odd and even ends of rows."""
    rng = np.random.default_rng(67)
    for i in range(36):
        op = Conv2D(STRIDES[i % 5], padding=PADDINGS[i % 3], activation=("none", "relu")[i // 2 % 2])
        size = [int(n) + 2 * (op.padding == "valid") for n in rng.integers(1, 14, 2)]
        in_c, out_c = (8, 16, 8, 24, 32)[i // 3 % 5], (1, 3, 2)[i % 3]
        yield (
            f"expanded_{i}",
            layer_graph("conv_2d", (1 + i % 2, *size, in_c), out_c, (3, 3), 1, SCALES[i % 5], rng, op),
            (EXPANDED,),
        )
    yield "bands", layer_graph("conv_2d", (2, 31, 19, 16), 1, (3, 3), 1, SCALES[0], rng), (EXPANDED,)
    column = Conv2D(padding="valid")
    yield "column", layer_graph("conv_2d", (1, 7, 3, 8), 2, (3, 3), 1, SCALES[0], rng, column), (EXPANDED,)
    for i, (in_c, stride) in enumerate(product((2, 3, 4, 5), STRIDES * 2)):
        op = Conv2D(stride, padding=PADDINGS[i % 3], activation=("none", "relu")[i // 2 % 2])
        height = int(rng.integers(1, 10)) + 2 * (op.padding == "valid")
        width = WIDTHS[i % 9] * stride[1] + (2 if op.padding == "valid" else -int(rng.integers(0, stride[1])))
        shape, out_c = (1 + i % 2, height, width, in_c), (1, 4, 3, 2, 9)[i % 5]
        yield (
            f"planes_{i}",
            layer_graph("conv_2d", shape, out_c, (3, 3), 1, SCALES[(i + i // 10) % 5], rng, op),
            (PLANES, THREE),
        )
    for i in range(
        18
    ):  # odd and even widths, padding on both sides, on the right, none with a last column that is read or not
        op = Conv2D((1 + i // 4 % 3, 2), padding=PADDINGS[i % 3], activation=("none", "relu")[i // 5 % 2])
        width = 2 * WIDTHS[i % 9] + (1 if op.padding == "valid" else 0) - (-1, 1)[i // 9] * (i // 3 % 2)
        height = int(rng.integers(1, 10)) + 2 * (op.padding == "valid")
        shape, out_c = (1 + i % 3, height, width, 3), (1, 4, 3, 2, 9)[i % 5]
        yield f"three_{i}", layer_graph("conv_2d", shape, out_c, (3, 3), 1, SCALES[i % 5], rng, op), (THREE,)
    for i, (in_c, size) in enumerate(product((2, 3, 4, 5), ((40, 52), (4, 3)))):
        shape, op = (2, *size, in_c), Conv2D(STRIDES[i // 2 % 2 * (i % 2 == 0)])
        yield f"planes_sized_{i}", layer_graph("conv_2d", shape, 2, (3, 3), 1, SCALES[0], rng, op), (PLANES, THREE)
    for i, (size, kernel, in_c, out_c) in enumerate(SMALL * 2):
        op = Conv2D(STRIDES[i % 5 if i < 8 else 0], dilation=(1 + i % 7 // 6, 1), activation=("none", "relu")[i % 2])
        yield (
            f"small_{i}",
            layer_graph("conv_2d", (1 + i % 4, *size, in_c), out_c, kernel, 1, SCALES[i % 5], rng, op),
            CONNECTED,
        )


DRAWN = list(drawn())
CASES = [
    Case(f"{name}_{k}", graph, i, 2, proof.GUARD, candidate=k)
    for i, (name, graph, taken) in enumerate(DRAWN)
    for k, call in files(graph).items()
    if call.file in taken
]


def test_cases_of_every_kind() -> None:
    names = {case.name.rsplit("_", 1)[0] for case in CASES}
    assert len(names) >= 0.85 * len(DRAWN)  # channels without a sequence have none
    calls = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    by_file = {
        file: [c for c in calls if isinstance(c, Call) and c.file == file]
        for file in (EXPANDED, PLANES, THREE, *CONNECTED)
    }
    assert all(len(some) >= 8 for some in by_file.values())
    fields = [{k: v for k, v in c.fields.items() if isinstance(v, int)} for c in by_file[EXPANDED]]
    assert {f["units"] for f in fields} == {1, 2, 3, 4} and {f["gap"] > 0 for f in fields} == {False, True}
    assert {f["eights"] for f in fields} == {0, 1}
    assert {(f["out_h"] % 2, f["out_w"] % 2) for f in fields} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert any(f["lines"] < f["out_h"] for f in fields) and any(f["out_w"] == 1 for f in fields)
    assert len({c.kernel for c in by_file[PLANES]}) == 7
    fields = [{k: v for k, v in c.fields.items() if isinstance(v, int)} for c in by_file[PLANES]]
    assert {f["out_w"] for f in fields} >= set(WIDTHS) and {f["ones"] for f in fields} == {0, 1, 2, 3}
    assert any(f["lines"] < f["out_h"] for f in fields) and {f["fours"] > 0 for f in fields} == {False, True}
    fields = [{k: v for k, v in c.fields.items() if isinstance(v, int)} for c in by_file[THREE]]
    assert {f["out_w"] for f in fields} >= set(WIDTHS) and any(f["lines"] < f["out_h"] for f in fields)
    assert {f["flags"] & 5 for f in fields} == {0, 1, 4} and {f["flags"] & 2 for f in fields} == {0, 2}
    assert {f["flags"] >> 8 for f in fields} == {0, 3}


@pytest.mark.parametrize(("shape", "out_c", "op", "file", "taken"), [
    ((1, 7, 7, 8), 56, Conv2D(), EXPANDED, True), ((1, 7, 7, 8), 57, Conv2D(), EXPANDED, False),
    ((1, 7, 7, 12), 1, Conv2D(), EXPANDED, False), ((1, 7, 7, 8), 1, Conv2D(dilation=(2, 1)), EXPANDED, False),
    ((1, 7, 4, 4), 1, Conv2D(), PLANES, True), ((1, 7, 5, 4), 1, Conv2D(), PLANES, False),
    ((1, 7, 2, 4), 1, Conv2D(), PLANES, False), ((1, 7, 9, 4), 1, Conv2D((1, 3)), PLANES, False),
    ((1, 7, 7, 6), 1, Conv2D(), PLANES, False), ((1, 7, 7, 4), 1, Conv2D(dilation=(1, 2)), PLANES, False),
])  # fmt: skip
def test_other_layers_take_other_forms(shape: tuple[int, ...], out_c: int, op: Conv2D, file: str, taken: bool) -> None:
    graph = layer_graph("conv_2d", shape, out_c, (3, 3), 1, SCALES[0], np.random.default_rng(0), op)
    assert any(call.file == file for call in files(graph).values()) == taken


@pytest.mark.parametrize(("out_c", "taken"), [(MOST // 128, True), (MOST // 128 + 1, False)])
def test_only_small_layers_are_connected(out_c: int, taken: bool) -> None:
    graph = layer_graph("conv_2d", (1, 4, 4, 2), out_c, (3, 3), 1, SCALES[0], np.random.default_rng(0), Conv2D((2, 2)))
    assert any(call.file in CONNECTED for call in files(graph).values()) == taken
