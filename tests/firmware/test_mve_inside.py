"""Helium convolutions of small pictures: the simulator's integers for every kind of block, and where the form ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c import counts
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import Case, prove

FILE = "conv_2d_inside_mve"
ONE, TWO, THREE, FIVE = (1, 1), (2, 2), (3, 3), (5, 5)
# batches, height, width, input and output channels, kernel, stride, dilation, padding
LAYERS: tuple[tuple[int, int, int, int, int, tuple[int, int], tuple[int, int], tuple[int, int], Padding], ...] = (
    (1, 1, 1, 3, 8, THREE, ONE, ONE, "same"), (1, 2, 2, 3, 8, THREE, TWO, ONE, "same"),
    (1, 2, 2, 4, 8, THREE, TWO, ONE, "same"), (1, 1, 1, 16, 8, THREE, ONE, ONE, "same"),
    (1, 1, 1, 17, 8, THREE, ONE, ONE, "same"), (4, 1, 1, 3, 8, THREE, TWO, ONE, "same"),
    (1, 3, 3, 3, 8, THREE, ONE, ONE, "same"), (3, 5, 4, 3, 16, THREE, ONE, ONE, "same"),
    (2, 5, 5, 4, 16, THREE, ONE, ONE, "same"), (1, 2, 2, 16, 16, THREE, ONE, ONE, "same"),
    (2, 3, 3, 8, 8, THREE, ONE, ONE, "same"), (1, 6, 5, 8, 10, THREE, TWO, ONE, "same"),
    (1, 3, 3, 24, 10, THREE, TWO, ONE, "same"), (1, 2, 2, 32, 9, THREE, TWO, ONE, "same"),
    (1, 1, 17, 3, 8, THREE, TWO, ONE, "same"), (1, 17, 1, 5, 17, THREE, ONE, ONE, "same"),
    (1, 3, 90, 3, 8, THREE, (1, 4), ONE, "same"), (1, 5, 40, 16, 8, (2, 3), (2, 7), ONE, "valid"),
    (1, 5, 5, 6, 4, THREE, ONE, TWO, "same"), (1, 3, 4, 5, 8, THREE, ONE, (3, 4), "same"),
    (1, 2, 4, 2, 5, FIVE, ONE, ONE, "same"), (1, 6, 6, 4, 1, FIVE, TWO, ONE, "same"),
    (2, 3, 3, 6, 8, ONE, ONE, ONE, "same"), (1, 9, 9, 2, 8, ONE, (4, 4), ONE, "same"),
    (3, 15, 13, 3, 8, THREE, ONE, ONE, "same"), (4, 11, 13, 1, 5, (3, 1), ONE, ONE, "same"),
    (1, 4, 300, 1, 8, (4, 2), (3, 50), (1, 140), "same"), (1, 2, 3, 12, 32, TWO, ONE, ONE, "same"),
)  # fmt: skip


def convolution(i: int) -> Graph:
    """Of `LAYERS`; every third one has a clamp inside its range."""
    batches, height, width, in_c, out_c, kernel, stride, dilation, padding = LAYERS[i]
    b = Builder("inside", (batches, height, width, in_c), i)
    op = Conv2D(stride, dilation, padding, activation="relu6" if i % 3 == 2 else "none")
    graph = b.ended(b.weighted(op, "input", (out_c, *kernel, in_c), 0))
    x, y = graph.tensors["input"], graph.tensors[graph.outputs[0]]
    zero = (-128, 127, 0, 5)[i % 4]
    graph.tensors["input"] = replace(x, quantization=Quantization.per_tensor(float(x.scale), zero))
    if i % 3 == 2:
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
    return graph


def plain(x: tuple[int, int, int, int], out_c: int, kernel: tuple[int, int] = THREE, stride: tuple[int, int] = ONE,
          scale: float = 1.0) -> Graph:  # fmt: skip
    b = Builder("plain", x, 1)
    graph = b.ended(b.weighted(Conv2D(stride), "input", (out_c, *kernel, x[3]), 0))
    for name in [t.name for t in graph.tensors.values() if t.is_constant]:
        q = graph.tensors[name].quantization
        assert q is not None
        graph.tensors[name] = replace(graph.tensors[name], quantization=replace(q, scale=q.scale * np.float32(scale)))
    return graph


def form(graph: Graph) -> tuple[int, Call] | None:
    """The call of this kernel among the candidates, with its number."""
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return next(((i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE), None)


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set[str]()
    for i in range(len(LAYERS)):
        graph = convolution(i)
        found = form(graph)
        assert found is not None, LAYERS[i]
        number, call = found
        seen |= {name for name, count in (counts.features(call) or {}).items() if count} | {call.kernel}
        cases.append(Case(f"inside_{i}", graph, i, 2, 64, candidate=number))
    blocks = {f"{kind}_{n}" for kind in ("unit", "first", "again") for n in range(1, 5)}
    assert seen == blocks | {"call", "pictures", "eight", "some", "clamped", FILE, f"{FILE}_one"}, blocks - seen
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.slow
def test_many_small_pictures(tmp_path: Path) -> None:
    rng, cases = np.random.default_rng(3), []
    while len(cases) < 300:
        kernel, stride, dilation, size = (tuple(rng.integers(1, end, 2).tolist()) for end in (6, 4, 3, 12))
        x = (int(rng.integers(1, 5)), *size, int(rng.integers(1, 40)))
        b = Builder("small", x, len(cases))
        graph = b.ended(b.weighted(Conv2D(stride, dilation), "input", (int(rng.integers(1, 33)), *kernel, x[3]), 0))
        found = form(graph)
        if found is not None:
            cases.append(Case(f"small_{len(cases)}", graph, len(cases), 2, 64, candidate=found[0]))
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(("graph", "taken"), [
    (plain((1, 16, 32, 1), 8), True), (plain((1, 19, 27, 1), 8), False),  # 512 and 513 words for pixels
    (plain((1, 1, 1, 96), 64), True), (plain((1, 1, 1, 97), 64), False),  # 7,872 and 9,024 bytes of blocks
    (plain((1, 7, 9, 5), 8, ONE), True), (plain((1, 8, 8, 5), 8, ONE), False),  # 1x1 kernels of 63 and 64 pixels
    (plain((1, 3, 3, 5), 8, scale=1 << 14), False),  # left shifts
    (plain((1, 130, 130, 2), 8, ONE, (126, 126)), True), (plain((1, 130, 130, 2), 8, ONE, (129, 129)), False),
])  # fmt: skip
def test_where_it_ends(graph: Graph, taken: bool) -> None:
    assert (form(graph) is not None) == taken
