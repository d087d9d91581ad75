"""Helium convolutions of small pictures: the simulator's integers for every kind of block, and where the form ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

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
    (1, 4, 300, 1, 8, (4, 2), (3, 50), (1, 140), "same"), (1, 2, 3, 12, 32, TWO, ONE, ONE, "same"),
)  # fmt: skip


def layers() -> Iterator[tuple[Graph, bool]]:
    """Each without a clamp and, of those that are not twice as many, with one."""
    rng = np.random.default_rng(21)
    for i, (batches, height, width, in_c, out_c, kernel, stride, dilation, padding) in enumerate(LAYERS):
        b = Builder("inside", (batches, height, width, in_c), int(rng.integers(1000)))
        op = Conv2D(stride, dilation, padding, activation=("none", "relu6")[i // 2 % 2])
        graph = b.ended(b.weighted(op, "input", (out_c, *kernel, in_c), 0))
        x, y = graph.tensors["input"], graph.tensors[graph.outputs[0]]
        zero = int(rng.integers(-128, 128))
        graph.tensors["input"] = replace(x, quantization=Quantization.per_tensor(float(x.scale), zero))
        clamped = i % 3 == 2
        if clamped and i // 2 % 2:
            graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
        yield graph, clamped


def form(graph: Graph) -> tuple[int, Call] | None:
    """The call of this kernel among the candidates, with its number."""
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return next(((i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file == FILE), None)


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set[str]()
    for i, (graph, _) in enumerate(layers()):
        found = form(graph)
        assert found is not None, LAYERS[i]
        number, call = found
        seen |= {name for name, count in (counts.features(call) or {}).items() if count} | {call.kernel}
        cases.append(Case(f"inside_{i}", graph, i, 2, 64, candidate=number))
    blocks = {f"{kind}_{n}" for kind in ("unit", "first", "again") for n in range(1, 5)}
    assert seen == blocks | {"call", "eight", "some", "clamped", FILE, f"{FILE}_one"}, blocks - seen
    prove(cases, "qemu-m55", tmp_path / "program")
