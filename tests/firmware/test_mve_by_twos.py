"""Convolutions two windows times four filters at a time on an emulated Cortex-M55: every function, every length of its
loop, pairs beside and below each other, odd ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point
from tests.firmware.shapes import layer_graph

FILE = "conv_2d_by_twos_mve"
ONE, TWO, THREE = (1, 1), (2, 2), (3, 3)
# batches, height, width, input and output channels, kernel, stride, padding
WINDOWS: tuple[tuple[int, int, int, int, int, tuple[int, int], tuple[int, int], Padding], ...] = (
    (1, 9, 5, 1, 8, (10, 4), TWO, "same"), (2, 6, 5, 3, 4, (3, 4), ONE, "valid"), (1, 4, 3, 5, 12, THREE, ONE, "same"),
    (1, 5, 6, 16, 8, THREE, TWO, "same"), (2, 4, 5, 16, 4, THREE, ONE, "same"), (1, 7, 3, 17, 4, THREE, ONE, "same"),
    (1, 3, 4, 32, 8, THREE, ONE, "same"), (1, 3, 5, 64, 4, THREE, ONE, "valid"), (1, 1, 6, 9, 4, (1, 5), ONE, "same"),
    (1, 6, 1, 9, 4, (5, 1), ONE, "same"), (2, 3, 5, 4, 16, (5, 4), ONE, "same"), (1, 5, 7, 16, 8, TWO, (1, 2), "same"),
    (2, 2, 5, 3, 4, (9, 9), ONE, "same"), (1, 3, 3, 40, 4, TWO, ONE, "valid"), (1, 5, 2, 6, 4, THREE, ONE, "same"),
    (1, 5, 6, 3, 8, THREE, ONE, "same"), (1, 9, 9, 3, 4, THREE, TWO, "same"), (2, 4, 3, 2, 12, THREE, ONE, "same"),
)  # fmt: skip
FUNCTIONS = ("", "_64", "_128", "_strips", "_strips_32", "_strips_48", "_strips_144")
CHANNELS = (48, 64, 80, 128, 160, 176, 192, 336)


def convolution(i: int, shape: tuple[int, ...], out_c: int, kernel: tuple[int, int], stride: tuple[int, int] = (1, 1),
                padding: Padding = "same", activation: Activation = "none") -> Graph:  # fmt: skip
    b = Builder("by_twos", shape, i)
    return b.ended(
        b.weighted(Conv2D(stride, padding=padding, activation=activation), "input", (out_c, *kernel, shape[-1]), 0)
    )


def found(graph: Graph) -> list[tuple[int, Call]]:
    """The calls of this kernel among the candidates, with their numbers."""
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    graphs = [convolution(i, w[:4], *w[4:]) for i, w in enumerate(WINDOWS)]
    for i, in_c in enumerate(CHANNELS):
        graphs.append(convolution(i, (1 + i % 2, 1 + i % 3, 2 + i % 5, in_c), 4 * (1 + i % 4), (1, 1)))
    rng = np.random.default_rng(3)
    extremes = (((1, 3, 4, 64), (1, 1)), ((1, 4, 4, 16), (3, 3)))  # filters of one end, sums as large as they become
    graphs += [layer_graph("conv_2d", shape, 16, kernel, 1, (1e-3, 1.0), rng) for shape, kernel in extremes]
    cases, kernels, ways = [], set(), set()
    for i, graph in enumerate(graphs):
        ((number, call),) = found(graph)
        kernels.add(call.kernel)
        f = call.fields
        ways.add(("strips" in call.kernel, f["down"], (f["out_h"] if f["down"] else f["out_w"]) % 2))  # type: ignore[operator]
        cases.append(Case(f"by_twos_{i}", graph, i, 2, GUARD, candidate=number))
    assert len(kernels) == 7 and ways >= {(True, d, odd) for d in (0, 1) for odd in (0, 1)}
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("shape", "out_c", "kernel", "stride", "taken"),
    [
        ((1, 5, 5, 32), 4, (1, 1), (1, 1), False), ((1, 5, 5, 48), 4, (1, 1), (1, 1), True),  # vectors of a window
        ((1, 5, 5, 50), 4, (1, 1), (1, 1), True), ((1, 5, 5, 64), 6, (1, 1), (1, 1), False),  # whole vectors, or strips
        ((1, 5, 5, 64), 4, (1, 1), (2, 2), False), ((1, 1, 1, 64), 4, (1, 1), (1, 1), False),  # strides, one window
        ((2, 1, 1, 64), 4, (1, 1), (1, 1), True), ((2, 2, 1, 16), 4, (2, 2), (2, 1), False),  # one window a batch
        ((1, 5, 5, 8), 4, (2, 2), (1, 1), True), ((1, 5, 5, 4), 4, (2, 2), (1, 1), False),  # vectors of a window
        ((1, 5, 5, 16), 4, (2, 2), (1, 3), False),  # columns that no window has
    ],
)  # fmt: skip
def test_what_it_takes(shape: tuple[int, ...], out_c: int, kernel: tuple[int, int], stride: tuple[int, int],
                       taken: bool) -> None:  # fmt: skip
    assert bool(found(convolution(4, shape, out_c, kernel, stride))) == taken


def test_clamps_and_shifts_take_another_form() -> None:
    graph = convolution(4, (1, 4, 4, 64), 8, (1, 1))
    assert found(graph)
    assert not found(with_zero_point(convolution(4, (1, 4, 4, 64), 8, (1, 1), activation="relu"), -5))
    assert not found(scaled(graph, 1 << 14))
