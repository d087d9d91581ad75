"""Convolutions of one and two channels by records on the stack, and of pictures of few values, give the simulator's
integers: on the host by C twins, and on emulated cores."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from edgekit.backends.c.call import Alias, Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

ONE, TWO, WHOLE = "conv_2d_threaded_dsp", "conv_2d_threaded_two_dsp", "conv_2d_whole_dsp"
FOUR, LINES = "conv_2d_four_to_1_dsp", "conv_2d_lines_to_1_dsp"
SCALES = ((1e-3, 0.05), (1.0, 40.0), (1e-3, 0.8), (1e-7, 1.0))  # the last makes channels constants


def made(graph: Graph, file: str) -> dict[int, Call]:
    found = candidates_of(graph, graph.nodes[0], "cortex-m4")
    return {k: c for k, c in enumerate(found) if not isinstance(c, Alias) and c.file == file}


def drawn() -> Iterator[tuple[str, Graph, str]]:
    """All ends of lines, heights from one row on, first and last numbers of channels."""
    rng = np.random.default_rng(59)
    sizes: list[tuple[tuple[int, int], int, Padding]] = [
        ((h, w), stride, "same")
        for w, h, stride in zip(range(3, 17), [4, 3, 5, 1, 6, 3, 7] * 2, [1, 2, 2] * 5, strict=False)
    ]
    sizes += [((h, w), 3 - stride, padding) for (h, w), stride, padding in sizes]
    sizes += [((3 + w % 3, w), 1, "valid") for w in range(3, 9)]
    for i, (size, stride, padding) in enumerate(sizes):
        op = Conv2D((stride, stride), padding=padding)
        for inputs, out_c, file in ((1, (8, 2, 1, 16, 7)[i % 5], ONE), (2, (1, 3, 4, 2, 12)[i % 5], TWO)):
            graph = layer_graph("conv_2d", (1 + i % 2, *size, inputs), out_c, (3, 3), 1, SCALES[i % 4], rng, op)
            yield f"c{inputs}_{i}", graph, file
    for i, (width, inputs) in enumerate(product((5, 8), (1, 2))):
        graph = layer_graph("conv_2d", (2, 1, width, inputs), 4, (1, 3), 1, SCALES[i], rng, Conv2D())
        yield f"row_{i}", graph, (ONE, TWO)[inputs - 1]
    for i, (height, width) in enumerate(((3, 3), (4, 5), (7, 13), (13, 3), (6, 7), (13, 13), (5, 9), (8, 31))):
        graph = layer_graph("conv_2d", (1 + i % 2, height, width, 4), 1, (3, 3), 2, SCALES[i % 4], rng)
        yield f"four_{i}", graph, FOUR
    for channels, widths in ((2, (8, 12, 20)), (3, (8, 12, 20)), (5, (4, 12, 6))):
        for i, ((height, width), odd) in enumerate(product(zip((8, 12, 16), widths, strict=True), (0, 1))):
            size = height + odd, width + odd
            graph = layer_graph("conv_2d", (1 + i % 3 // 2, *size, channels), 1, (3, 3), 2, SCALES[i % 3], rng)
            yield f"lines_{channels}_{i}", graph, LINES
    shapes = [(1, 1, 1), (1, 1, 4), (2, 2, 1), (3, 3, 1), (1, 3, 3), (1, 4, 1), (1, 1, 9)]
    for i, (shape, kernel, stride) in enumerate(product(shapes, ((1, 1), (3, 3), (2, 2)), (1, 2))):
        graph = layer_graph("conv_2d", (1 + i % 2, *shape), 2 + 2 * (i % 7), kernel, stride, SCALES[i % 4], rng)
        yield f"whole_{i}", graph, WHOLE


DRAWN = list(drawn())
CASES = [
    Case(f"{name}_{k}", graph, i, 2, proof.GUARD, candidate=k)
    for i, (name, graph, file) in enumerate(DRAWN)
    for k in made(graph, file)
]


def test_cases_of_every_kind() -> None:
    assert len(CASES) >= 0.8 * len(DRAWN)  # channels without a sequence have none
    calls = [proof.first_forms(case.graph, "cortex-m4", case.candidate)[0] for case in CASES]
    fields = {
        file: [c.fields for c in calls if isinstance(c, Call) and c.file == file]
        for file in (ONE, TWO, FOUR, LINES, WHOLE)
    }
    assert {f["go_on"] for f in fields[ONE]} == set(range(8, 52, 4)) and {f["start"] for f in fields[ONE]} == {0, 4}
    assert {f["out_c"] for f in fields[ONE]} >= {1, 2, 7, 16} and {f["out_c"] for f in fields[TWO]} >= {1, 12}
    assert {f["end"] for f in fields[TWO]} == {32, 36, 40} and {f["start"] for f in fields[TWO]} == {0, 4, 8}
    jumps = {int(row[6]) for f in fields[TWO] for row in np.reshape(np.asarray(f["sections"]), (-1, 10))[:-1]}
    assert jumps == {12, 16, 20, 24, 28}
    assert {f["count"] for f in fields[FOUR]} >= {2, 3}
    assert {c.kernel for c in calls if isinstance(c, Call) and c.file == LINES} == {
        f"conv_2d_{channels}_to_1_{size}dsp" for channels, size in product(("two", "three", "five"), ("", "even_"))
    }
    assert {f["images"] for f in fields[LINES]} == {1, 2}
    assert {c.kernel for c in calls if isinstance(c, Call) and c.file == WHOLE} == {
        f"conv_2d_whole_{values}_dsp" for values in (1, 4, 9)
    }


@pytest.mark.parametrize(("shape", "out_c", "stride", "padding", "taken"), [
    ((3, 4, 1), 16, 1, "same", True), ((3, 3, 1), 16, 1, "same", False), ((2, 4, 1), 16, 1, "same", False),
    ((3, 4, 1), 17, 1, "same", False), ((3, 4, 1), 15, 1, "same", True), ((9, 9, 1), 8, 3, "same", False),
    ((9, 9, 1), 8, 2, "valid", False), ((3, 52, 1), 8, 1, "same", True), ((3, 53, 1), 8, 1, "same", False),
    ((3, 3, 2), 12, 1, "same", True), ((3, 2, 2), 12, 1, "same", False), ((2, 3, 2), 12, 1, "same", False),
    ((3, 3, 2), 13, 1, "same", False), ((3, 33, 2), 4, 1, "same", True), ((3, 34, 2), 4, 1, "same", False),
    ((9, 9, 2), 4, 2, "valid", False), ((3, 4, 3), 4, 1, "same", False),
    ((3, 3, 4), 1, 2, "same", True), ((3, 4, 4), 1, 2, "same", False), ((3, 3, 4), 2, 2, "same", False),
    ((3, 3, 4), 1, 1, "same", False), ((9, 9, 4), 1, 2, "valid", False), ((1, 5, 4), 1, 2, "same", False),
])  # fmt: skip
def test_conditions(shape: tuple[int, int, int], out_c: int, stride: int, padding: Padding, taken: bool) -> None:
    op, rng = Conv2D((stride, stride), padding=padding), np.random.default_rng(0)
    graph = layer_graph("conv_2d", (1, *shape), out_c, (3, 3), 1, SCALES[1], rng, op)
    assert any(made(graph, file) for file in (ONE, TWO, FOUR)) == taken


@pytest.mark.parametrize(("shape", "out_c", "stride", "padding", "taken"), [
    ((9, 9, 2), 1, 2, "same", True), ((9, 9, 2), 2, 2, "same", False), ((9, 9, 2), 1, 1, "same", False),
    ((9, 9, 2), 1, 2, "valid", False), ((5, 9, 2), 1, 2, "same", False), ((11, 9, 2), 1, 2, "same", False),
    ((9, 5, 2), 1, 2, "same", False), ((9, 11, 3), 1, 2, "same", False), ((9, 11, 5), 1, 2, "same", True),
    ((9, 3, 5), 1, 2, "same", False), ((9, 9, 4), 1, 2, "same", False), ((8, 9, 2), 1, 2, "same", False),
    ((9, 8, 2), 1, 2, "same", False), ((8, 8, 2), 1, 2, "same", True), ((4, 8, 2), 1, 2, "same", False),
    ((10, 8, 3), 1, 2, "same", False), ((8, 4, 3), 1, 2, "same", False), ((8, 10, 3), 1, 2, "same", False),
    ((8, 6, 5), 1, 2, "same", True), ((8, 2, 5), 1, 2, "same", False), ((8, 8, 2), 1, 2, "valid", False),
])  # fmt: skip
def test_two_lines(shape: tuple[int, int, int], out_c: int, stride: int, padding: Padding, taken: bool) -> None:
    op, rng = Conv2D((stride, stride), padding=padding), np.random.default_rng(0)
    graph = layer_graph("conv_2d", (1, *shape), out_c, (3, 3), 1, SCALES[1], rng, op)
    assert bool(made(graph, LINES)) == taken


@pytest.mark.parametrize("file", [ONE, TWO])
@pytest.mark.parametrize(
    ("dilation", "activation", "taken"), [(1, "none", True), (2, "none", False), (1, "relu6", False)]
)
def test_neither_dilated_nor_clamped(file: str, dilation: int, activation: Activation, taken: bool) -> None:
    op, rng = Conv2D(dilation=(dilation, dilation), activation=activation), np.random.default_rng(1)
    graph = layer_graph("conv_2d", (1, 7, 7, 1 if file == ONE else 2), 4, (3, 3), 1, (1e-3, 0.05), rng, op)
    assert bool(made(graph, file)) == taken


@pytest.mark.parametrize(("shape", "out_c", "taken"), [
    ((2, 2, 1), 32, True), ((2, 2, 1), 33, False), ((2, 3, 1), 4, False), ((3, 3, 1), 3, False), ((3, 3, 1), 14, True),
])  # fmt: skip
def test_whole_pictures(shape: tuple[int, int, int], out_c: int, taken: bool) -> None:
    graph = layer_graph("conv_2d", (1, *shape), out_c, (3, 3), 1, SCALES[1], np.random.default_rng(2))
    assert bool(made(graph, WHOLE)) == taken
