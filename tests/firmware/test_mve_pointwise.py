"""1x1 convolutions of 16 to 64 channels on an emulated Cortex-M55: every function, every rest of channels, lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve._pointwise import vectors
from edgekit.graph import Graph
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from tests.firmware.proof import GUARD, Case, prove
from tests.firmware.scales import scaled, with_zero_point

CHANNELS = (16, 17, 24, 31, 32, 33, 48, 50, 64)


def convolution(i: int, in_c: int, out_c: int, activation: Activation = "none") -> Graph:
    """Pictures of 1 to 5 rows and 1 to 4 columns, strides of 1 to 3."""
    b = Builder("pointwise", (1 + i % 3, 1 + i % 5, 1 + i % 4, in_c), i)
    op = Conv2D((1 + i % 2, 1 + i % 3), activation=activation)
    return b.ended(b.weighted(op, "input", (out_c, 1, 1, in_c), 0))


def connected(i: int, width: int, units: int, batch: int) -> Graph:
    b = Builder("connected", (batch, width), i)
    return b.ended(b.weighted(FullyConnected(), "input", (units, width), 0))


def found(graph: Graph) -> list[tuple[int, Call]]:
    """The calls of this kernel among the candidates, with their numbers."""
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == "pointwise_mve"]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    shapes = [(in_c, 8 * (j % 3) + rest) for j, in_c in enumerate(CHANNELS) for rest in range(8) if 8 * (j % 3) + rest]
    graphs = [convolution(i, *shape) for i, shape in enumerate(shapes)]
    graphs += [connected(i, *shape) for i, shape in enumerate(((16, 16, 1), (30, 10, 4), (33, 3, 1), (64, 10, 1)))]
    cases, seen = [], set()
    for i, graph in enumerate(graphs):
        ((number, call),) = found(graph)
        seen.add((call.kernel, call.fields["first"]))
        cases.append(Case(f"pointwise_{i}", graph, i, 2, GUARD, candidate=number))
    assert len({kernel for kernel, _ in seen}) == 7 and len(seen) >= 39  # of 7 functions with 6 ways to begin
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(("in_c", "taken"), [(15, False), (16, True), (64, True), (65, False)])
def test_channels(in_c: int, taken: bool) -> None:
    assert bool(found(convolution(4, in_c, 9))) == taken


def test_clamps_and_shifts_take_another_form() -> None:
    graph = convolution(4, 24, 9)
    assert found(graph)
    assert not found(with_zero_point(convolution(4, 24, 9, "relu"), -5))
    assert not found(scaled(graph, 1 << 14))


@pytest.mark.parametrize("length", [16, 17, 24, 31, 32, 33, 63])
def test_vectors_take_every_input_once(length: int) -> None:
    """The products of overlapping vectors, which end where the input does, are those of the plain filter."""
    rng = np.random.default_rng(length)
    weights, x = rng.integers(-128, 128, (3, length)).astype(np.int8), rng.integers(-128, 128, length)
    made = vectors(weights).astype(np.int64)
    starts = [*range(0, length - 15, 16), *([length - 16] if length % 16 else [])]
    assert np.array_equal(made @ np.concatenate([x[s : s + 16] for s in starts]), weights.astype(np.int64) @ x)
