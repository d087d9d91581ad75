"""Helium 1x1 convolutions of one channel by tables: the simulator's integers, and where the form ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.conv_2d_pointwise_table import FILE, LEAST, MOST_APART, MOST_CHANNELS, WIDE
from edgekit.graph import Graph
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference import Simulator
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point

L = TypeVar("L")
Proofs = tuple[list[Case], list[Call]]
Layer = tuple[int, int, int, int, int, tuple[int, int]]
# batches, height, width, input channels, output channels, strides
LAYERS: tuple[Layer, ...] = (
    *((1 + i % 2, 9 + i % 4, 8 + i % 5, 1, 1 + i, (1 + i // 3 % 2, 1 + i // 2 % 3)) for i in range(MOST_CHANNELS)),
    *((1 + i % 3, 5, 4 + i, 1, 1 + i, (1, 1)) for i in range(MOST_CHANNELS)),
    (1, 1, LEAST, 1, 1, (1, 1)), (1, 7, 60, 1, 1, (2, 1)), (2, 3, 65, 1, 8, (1, 2)),
    (1, 2, 17 * MOST_APART, 1, 3, (1, MOST_APART)), (4, 4, 4, 1, 1, (1, 1)), (1, 1, 17, 1, 8, (1, 1)),
    (1, 31, 31, 1, 8, (2, 2)), (2, 9, 12, 1, 2, (2, 2)), (1, 4, 5, 1, 32, (1, 1)), (2, 3, 7, 1, 64, (1, 1)),
    (1, 9, 9, 1, 32, (2, 2)), (2, 9, 10, 1, 64, (2, 2)), (1, 12, 12, 1, 1, (1, 1)), (2, 7, 12, 1, 1, (1, 1)),
)  # fmt: skip


def graph_of(layer: Layer, i: int, activation: Activation = "none", padding: Padding = "same") -> Graph:
    *shape, out_c, stride = layer
    b = Builder("table", tuple(shape), i)
    op = Conv2D(stride, padding=padding, activation=activation)
    return b.ended(b.weighted(op, "input", (out_c, 1, 1, shape[-1]), 0))


def found(graph: Graph, file: str = FILE) -> list[tuple[int, Call]]:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == file]


def cases_of(
    layers: Sequence[L], graph_of: Callable[..., Graph], every: int, file: str
) -> tuple[list[Case], list[Call]]:
    """Of all layers, of every few with a zero point that is no end and with shifts to the left; and their calls."""
    graphs = [graph_of(layer, i) for i, layer in enumerate(layers)]
    graphs += [with_zero_point(graph_of(layer, i, "relu"), -5) for i, layer in enumerate(layers[::every])]
    graphs += [scaled(graph_of(layer, i), 2.0**14) for i, layer in enumerate(layers[::every])]
    cases, calls = [], []
    for i, graph in enumerate(graphs):
        assert found(graph, file), i
        ((number, call),) = found(graph, file)
        calls.append(call)
        cases.append(Case(f"table_{i}", graph, i, 2, GUARD, candidate=number))
    return cases, calls


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, calls = cases_of(LAYERS, graph_of, 5, FILE)
    assert {call.kernel for call in calls} == {FILE, f"{FILE}_one", f"{FILE}_many", f"{FILE}_wide", f"{FILE}_apart"}
    for kernel in (FILE, f"{FILE}_apart"):
        shapes = {(c.fields["fours"] == 0, c.fields["rest"]) for c in calls if c.kernel == kernel}
        assert shapes >= {(False, rest) for rest in range(4)} | {(True, 2), (True, 3)}
    prove(cases, "qemu-m55", tmp_path / "program")


def test_every_value_of_the_input() -> None:
    """One pixel of each of the 256 values."""
    graph = with_zero_point(graph_of((1, 16, 16, 1, 5, (1, 1)), 3, "relu"), -5)
    ((_, call),) = found(graph)
    x = np.arange(256).astype(np.uint8).view(np.int8).reshape(1, 16, 16, 1)
    (y,) = Simulator(graph).run({"input": x}).values()
    assert np.array_equal(y.reshape(256, 5).T.reshape(-1), np.asarray(call.fields["table"]))


@pytest.mark.parametrize(
    ("layer", "taken"),
    [
        ((1, 1, LEAST, 1, 3, (1, 1)), True), ((1, 1, LEAST - 1, 1, 3, (1, 1)), False),
        ((1, 5, 5, 1, MOST_CHANNELS, (1, 1)), True), ((1, 5, 5, 1, MOST_CHANNELS + 1, (1, 1)), False),
        ((1, 5, 5, 2, 3, (1, 1)), False), *(((1, 5, 5, 1, n, (1, 1)), True) for n in WIDE),
        *(((1, 5, 5, 1, n + 1, (1, 1)), False) for n in WIDE),
        ((1, 20, 50, 1, 3, (1, MOST_APART)), True), ((1, 20, 50, 1, 3, (1, MOST_APART + 1)), False),
    ],
)  # fmt: skip
def test_pixels_and_channels(layer: Layer, taken: bool) -> None:
    assert bool(found(graph_of(layer, 0))) == taken


@pytest.mark.parametrize(
    ("layer", "name"),
    [((1, 12, 4, 1, 1, (1, 1)), "_many"), ((1, 11, 4, 1, 1, (1, 1)), "_one"), ((1, 12, 5, 1, 1, (1, 1)), "_one")],
)
def test_words_of_one_channel(layer: Layer, name: str) -> None:
    """By 48, where every row begins at a word."""
    ((_, call),) = found(graph_of(layer, 0))
    assert call.kernel == FILE + name
