"""Helium convolutions of one input a window by rows of a table: the simulator's integers, and where the form ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.choice import Optimize, choose
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_pointwise_table_rows import FILE, MOST, MOST_DENSE, ROUND
from edgekit.graph import Graph
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import prove
from tests.firmware.test_mve_table import cases_of, found

Pair = tuple[int, int]
Layer = tuple[int, int, int, int, Pair, Pair]  # batches, height, width, output channels, window, stride
ONE, TWO = (1, 1), (2, 2)
LAYERS: tuple[Layer, ...] = (
    *((1, 1, n, 8, ONE, ONE) for n in (4, *range(8, 18), 21, 25, 30, 36, MOST_DENSE)),
    (4, 3, 3, 8, ONE, TWO), (1, 7, 7, 8, ONE, TWO), (1, 5, 5, 8, ONE, TWO), (4, 5, 5, 8, ONE, TWO),
    (2, 9, 11, 8, ONE, (3, 2)), (4, 1, 1, 8, (3, 3), ONE), (9, 1, 1, 8, (3, 2), TWO), (1, 31, 31, 8, ONE, TWO),
    (1, 13, 13, 4, ONE, TWO), (1, 4, 14, 4, ONE, ONE), (2, 5, 7, 4, ONE, (1, 2)), (1, 16, 31, 4, ONE, TWO),
    (29, 1, 1, 4, (3, 3), ONE),
)  # fmt: skip


def graph_of(layer: Layer, i: int, activation: Activation = "none") -> Graph:
    *shape, out_c, window, stride = layer
    b = Builder("table_rows", (*shape, 1), i)
    return b.ended(b.weighted(Conv2D(stride, activation=activation), "input", (out_c, *window, 1), 0))


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, calls = cases_of(LAYERS, graph_of, 5, FILE)
    kernels = {call.kernel for call in calls}
    assert kernels == {f"{FILE}_{name}" for name in ("4", "16", "17", "eights", "and_1", "and_4", "again", "words")}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        *(((1, 1, n, 8, ONE, ONE), n == 4 or n >= 8) for n in range(1, 10)),
        ((1, 1, MOST_DENSE, 8, ONE, ONE), True), ((1, 1, MOST_DENSE + 1, 8, ONE, ONE), False),
        ((1, 1, 2 * MOST, 8, ONE, TWO), True), ((1, 1, 2 * MOST + 1, 8, ONE, TWO), False),
        ((1, 1, 16, 7, ONE, ONE), False), ((1, 1, ROUND, 4, ONE, ONE), False), ((1, 1, ROUND + 1, 4, ONE, ONE), True),
        ((4, 1, 1, 8, (3, 3), ONE), True), ((4, 1, 2, 8, (3, 3), ONE), False), ((4, 2, 1, 8, (1, 3), ONE), True),
    ],
)  # fmt: skip
def test_pixels_and_windows(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0), FILE)) == taken


@pytest.mark.parametrize("layer", [(1, 3, 3, 8, ONE, ONE), (1, 7, 7, 8, ONE, TWO), (1, 1, 17, 8, ONE, ONE)])
def test_tables_are_for_speed(layer: Layer) -> None:
    """Where flash counts, 2 KB are not worth what they save beside a larger layer."""
    b = Builder("larger", (1, 16, 16, 8), 0)
    larger = b.ended(b.weighted(Conv2D(), "input", (16, 3, 3, 8), 0))
    candidates = [candidates_of(g, g.nodes[0], "cortex-m55") for g in (graph_of(layer, 0), larger)]
    by_table = []
    objectives: tuple[Optimize, ...] = ("speed", "flash")
    for optimize in objectives:
        call = choose(candidates, "cortex-m55", optimize)[0]
        assert isinstance(call, Call)
        by_table.append("_table_" in call.kernel)
    assert by_table == [True, False]


def test_of_one_channel_only() -> None:
    b = Builder("table_rows", (1, 4, 4, 2), 0)
    assert not found(b.ended(b.weighted(Conv2D(), "input", (8, 1, 1, 2), 0)), FILE)
