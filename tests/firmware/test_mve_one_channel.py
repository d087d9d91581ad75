"""Helium convolutions of one channel as depthwise ones: the simulator's integers, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import Case, prove

KERNELS = tuple(f"depthwise_conv_2d_plane{name}_mve" for name in ("", "_chunks_one", "_chunks_two", "_chunks_pairs"))
CORE = "cortex-m55"
Pair = tuple[int, int]
Sizes = tuple[int, int, int, int, Pair, Pair, Pair, Padding]
ONE, TWO, THREE, FIVE = ((n, n) for n in (1, 2, 3, 5))
# batches, height, width, channels of the output, kernel, stride, dilation, padding
LAYERS: tuple[Sizes, ...] = (
    (1, 12, 12, 1, THREE, ONE, ONE, "same"), (1, 13, 13, 3, THREE, TWO, ONE, "same"),
    (2, 28, 28, 8, THREE, ONE, ONE, "same"), (1, 28, 28, 4, THREE, TWO, ONE, "valid"),
    (2, 49, 10, 5, (3, 4), (2, 1), ONE, "same"), (1, 17, 33, 2, FIVE, ONE, ONE, "same"),
    (1, 40, 20, 3, (1, 3), ONE, ONE, "same"), (1, 20, 9, 7, (3, 1), TWO, ONE, "valid"),
    (1, 14, 12, 10, THREE, ONE, TWO, "same"), (3, 5, 5, 8, THREE, ONE, ONE, "same"),
)  # fmt: skip


def layer(batches: int, height: int, width: int, out_c: int, kernel: Pair, stride: Pair, dilation: Pair,
          padding: Padding, in_c: int = 1, activation: str = "none") -> Graph:  # fmt: skip
    b = Builder("one_channel", (batches, height, width, in_c), out_c)
    op = Conv2D(stride, dilation, padding, "relu6" if activation == "relu6" else "none")
    return b.ended(b.weighted(op, "input", (out_c, *kernel, in_c), 0))


def forms(graph: Graph) -> list[tuple[int, Call]]:
    """With their places among the candidates."""
    found = candidates_of(graph, graph.nodes[0], CORE)
    return [(i, call) for i, call in enumerate(found) if isinstance(call, Call) and call.kernel in KERNELS]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set()
    for i, one in enumerate(LAYERS):
        graph = layer(*one, activation=("none", "relu6")[i % 2])
        found = forms(graph)
        assert found, one
        for j, call in found:
            seen.add((call.kernel, call.fields["kind"]))
            cases.append(Case(f"one_{i}_{j}", graph, i, 2, 64, candidate=j))
    assert {kernel for kernel, _ in seen} == set(KERNELS)
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(("one", "in_c", "count"), [
    ((1, 12, 12, 8, THREE, ONE, ONE, "same"), 1, 2), ((1, 12, 12, 8, THREE, ONE, ONE, "same"), 2, 0),
    ((1, 12, 12, 8, (1, 2), ONE, ONE, "same"), 1, 2), ((1, 12, 12, 8, ONE, ONE, ONE, "same"), 1, 0),
    ((1, 12, 12, 8, FIVE, ONE, ONE, "same"), 1, 0),  # 8 outputs of a pixel are the lanes of another form
    ((1, 12, 12, 4, FIVE, ONE, ONE, "same"), 1, 3), ((1, 32, 32, 8, FIVE, ONE, ONE, "same"), 1, 3),
    ((1, 12, 112, 8, THREE, TWO, ONE, "valid"), 1, 1), ((1, 12, 128, 8, THREE, TWO, ONE, "valid"), 1, 0),
])  # fmt: skip
def test_conditions(one: Sizes, in_c: int, count: int) -> None:
    assert len(forms(layer(*one, in_c=in_c))) == count
