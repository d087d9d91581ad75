"""Helium depthwise convolutions plane by plane: the simulator's integers on every path, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve.depthwise_conv_2d_plane import GROUPS, VECTOR
from edgekit.backends.c.memory import memory_map
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Padding
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware.proof import Case, prove

KERNEL, CHUNKS, CORE = "depthwise_conv_2d_plane_mve", "depthwise_conv_2d_plane_chunks_mve", "cortex-m55"
Pair = tuple[int, int]
Sizes = tuple[int, int, int, int, int, Pair, Pair, Pair, Padding]
ONE, TWO, THREE, FOUR, FIVE, SEVEN = ((n, n) for n in (1, 2, 3, 4, 5, 7))
# batches, height, width, channels, filters a channel, kernel, stride, dilation, padding
LAYERS: tuple[Sizes, ...] = (
    (1, 12, 12, 1, 1, THREE, TWO, ONE, "same"), (2, 12, 12, 2, 4, THREE, ONE, ONE, "same"),
    (1, 7, 7, 3, 1, THREE, TWO, ONE, "same"), (1, 9, 10, 5, 2, THREE, ONE, ONE, "same"),
    (2, 9, 9, 10, 1, THREE, (2, 1), ONE, "same"), (1, 8, 8, 32, 1, THREE, TWO, ONE, "same"),
    (1, 16, 16, 8, 1, THREE, TWO, ONE, "same"), (1, 31, 31, 4, 1, THREE, TWO, ONE, "same"),
    (2, 20, 32, 8, 1, THREE, ONE, ONE, "same"), (1, 6, 16, 15, 1, THREE, ONE, ONE, "valid"),
    (1, 5, 15, 18, 1, THREE, ONE, ONE, "same"), (1, 4, 16, 17, 1, THREE, ONE, ONE, "valid"),
    (1, 3, 40, 17, 1, THREE, TWO, ONE, "same"), (1, 60, 64, 3, 1, THREE, ONE, ONE, "same"),
    (1, 70, 80, 2, 2, THREE, TWO, ONE, "same"), (2, 50, 47, 2, 1, THREE, TWO, ONE, "valid"),
    (1, 1, 17, 8, 1, THREE, TWO, ONE, "same"), (1, 1, 17, 8, 1, THREE, ONE, ONE, "same"),
    (1, 17, 1, 8, 1, THREE, ONE, ONE, "same"), (1, 9, 2, 4, 1, (3, 1), ONE, ONE, "same"),
    (1, 9, 1, 4, 1, (3, 3), TWO, ONE, "valid"), (1, 9, 7, 6, 1, (2, 3), ONE, TWO, "same"),
    (1, 9, 11, 6, 1, THREE, ONE, (1, 5), "same"), (1, 7, 9, 3, 3, (4, 3), ONE, ONE, "same"),
    (1, 9, 9, 3, 1, (2, 5), ONE, ONE, "same"), (1, 8, 8, 8, 1, TWO, TWO, ONE, "valid"),
    (1, 5, 6, 8, 1, ONE, ONE, ONE, "same"), (1, 3, 20, 4, 1, (1, 7), ONE, ONE, "same"),
    (2, 2, 2, 4, 1, THREE, ONE, ONE, "same"), (1, 13, 11, 3, 1, (3, 2), THREE, ONE, "same"),
    (1, 5, 13, 20, 1, THREE, (1, 2), ONE, "same"), (1, 25, 5, 60, 1, THREE, ONE, ONE, "same"),
)  # fmt: skip
# windows that no group's gather takes
LARGE: tuple[Sizes, ...] = (
    (1, 9, 12, 3, 1, FOUR, ONE, ONE, "same"), (2, 8, 9, 8, 1, FOUR, TWO, ONE, "valid"),
    (1, 12, 12, 2, 2, FIVE, TWO, ONE, "same"), (1, 30, 36, 4, 1, FIVE, ONE, ONE, "same"),
    (1, 9, 11, 16, 1, FIVE, ONE, ONE, "same"), (1, 11, 10, 2, 1, FIVE, ONE, TWO, "same"),
    (1, 12, 6, 5, 1, (10, 4), TWO, ONE, "same"), (2, 14, 8, 4, 1, (10, 4), ONE, ONE, "same"),
    (1, 12, 12, 4, 1, SEVEN, ONE, ONE, "same"), (1, 9, 9, 3, 2, SEVEN, TWO, ONE, "same"),
    (1, 11, 13, 6, 1, SEVEN, ONE, ONE, "valid"), (1, 10, 5, 2, 1, (10, 5), ONE, ONE, "same"),
    (1, 1, 1, 8, 1, THREE, ONE, ONE, "same"), (1, 60, 50, 3, 1, FIVE, ONE, ONE, "same"),
)  # fmt: skip


def layer(batches: int, height: int, width: int, channels: int, many: int, kernel: Pair, stride: Pair, dilation: Pair,
          padding: Padding, seed: int = 0) -> Graph:  # fmt: skip
    if padding == "valid":
        height, width = max(height, kernel[0]), max(width, kernel[1])
    b = Builder("plane", (batches, height, width, channels), seed)
    op = DepthwiseConv2D(stride, dilation, padding, ("none", "relu6")[seed % 2])
    graph = b.ended(b.weighted(op, "input", (1, *kernel, channels * many), 3))
    zero = int(np.random.default_rng(seed).integers(-128, 128))
    x, y = (graph.tensors[name] for name in (graph.inputs[0], graph.outputs[0]))
    graph.tensors[x.name] = replace(x, quantization=Quantization.per_tensor(float(x.scale), zero))
    if seed % 3 == 0:  # a clamp inside the range
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
    return graph


def forms(graph: Graph, kernel: str = KERNEL) -> list[tuple[int, Call]]:
    """Of a kernel, with their places among the candidates."""
    found = candidates_of(graph, graph.nodes[0], CORE)
    return [(i, c) for i, c in enumerate(found) if isinstance(c, Call) and c.kernel == kernel]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    cases, seen = [], set()
    for i, one in enumerate(LAYERS):
        graph = layer(*one, seed=i)
        for j, call in forms(graph):
            cases.append(Case(f"plane_{i}_{j}", graph, i, 2, 64, candidate=j))
            f = dict[str, Any](call.fields)
            bands = f["bands"].reshape(-1, 7)
            seen |= {("kind", f["kind"]), ("bands", len(bands) // one[0] > 1), ("odd", bands[0, 3] % 2, f["full"] > 0)}
            seen |= {("full", min(f["full"], 2), f["rest"] > 0), ("whole", f["rest"] == VECTOR)}
            seen |= {("pads", bool(bands[0, 2]), bool(bands[-1, 5])), ("many", f["depth_multiplier"] > 1)}
            seen |= {("in place", bool(call.in_place))}
    wanted = {("kind", k) for k in range(4)} | {
        (name, on) for name in ("bands", "whole", "many", "in place") for on in (False, True)
    }
    wanted |= {("odd", o, w) for o in (0, 1) for w in (False, True)} | {
        ("pads", a, b) for a in (False, True) for b in (False, True)
    }
    wanted |= {("full", 0, True), *(("full", n, rest) for n in (1, 2) for rest in (False, True))}
    assert seen == wanted, seen ^ wanted
    prove(cases, "qemu-m55", tmp_path / "program")


def test_windows_by_chunks(tmp_path: Path) -> None:
    cases, seen = [], set()
    for i, one in enumerate(LARGE):
        for seed in (3 * i, 3 * i + 1):  # with a clamp and without
            graph = layer(*one, seed=seed)
            ((j, call),) = forms(graph, CHUNKS)
            cases.append(Case(f"chunks_{i}_{seed}", graph, seed, 2, 64, candidate=j))
            f = dict[str, Any](call.fields)
            seen |= {f["kind"], ("bands", f["bands"].size > 7 * one[0]), ("wide", f["full"] > 0)}
            seen |= {("beyond", one[5][0] % (f["kind"] // 2 + 1) > 0)}
    pairs = {(name, on) for name in ("bands", "wide", "beyond") for on in (False, True)}
    assert seen == pairs | set(range(8)), seen
    prove(cases, "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(("one", "chunks"), [
    ((1, 9, 9, 2, 1, THREE, ONE, ONE, "same"), 0),  # by groups
    ((1, 9, 9, 2, 1, FOUR, ONE, ONE, "same"), 1), ((1, 9, 9, 2, 1, (5, 4), ONE, ONE, "same"), 2),
    ((1, 16, 9, 2, 1, (16, 4), ONE, ONE, "same"), 4), ((1, 17, 9, 2, 1, (17, 4), ONE, ONE, "valid"), 0),
    ((1, 9, 16, 2, 1, (2, 16), ONE, ONE, "valid"), 2), ((1, 9, 17, 2, 1, (2, 17), ONE, ONE, "valid"), 0),
    ((1, 9, 112, 2, 1, FIVE, ONE, ONE, "valid"), 2), ((1, 9, 112, 2, 1, FIVE, ONE, ONE, "same"), 0),  # of 128 bytes
])  # fmt: skip
def test_conditions_of_chunks(one: Any, chunks: int) -> None:
    found = forms(layer(*one, seed=1), CHUNKS)
    assert [int(call.fields["kind"]) // 2 + 1 for _, call in found] == [chunks] * (chunks > 0)  # type: ignore[call-overload]


@pytest.mark.parametrize(("one", "kinds"), [
    ((1, 9, 9, 2, 1, THREE, ONE, ONE, "same"), 2),
    ((1, 9, 9, 2, 1, THREE, TWO, ONE, "same"), 1),  # 4 outputs have 25 taps
    ((1, 9, 9, 2, 1, (4, 3), ONE, ONE, "same"), 1),
    ((1, 9, 9, 2, 1, (4, 4), ONE, ONE, "same"), 0),  # 2 outputs have 20
    ((1, 1, 9, 2, 1, THREE, TWO, ONE, "same"), 2),  # one row of taps has a pixel
    ((1, 9, 1, 2, 1, THREE, TWO, ONE, "same"), 2),
    ((1, 1, 1, 2, 1, THREE, ONE, ONE, "same"), 0),  # no group of outputs
    ((1, 1, 3, 2, 1, THREE, ONE, ONE, "same"), 1),
    ((1, 4, 16, 17, 1, THREE, ONE, ONE, "valid"), 2),
    ((1, 4, 16, 18, 1, THREE, ONE, ONE, "valid"), 0),  # 16 pixels are 271 bytes
    ((1, 3, 15, 18, 1, THREE, ONE, ONE, "same"), 2),
    ((1, 3, 15, 19, 1, THREE, ONE, ONE, "same"), 0),
    ((1, 5, 112, 2, 1, THREE, TWO, ONE, "valid"), 1),  # rows of 112 bytes: taps up to 2 * 112 + 4
    ((1, 5, 112, 2, 1, THREE, TWO, ONE, "same"), 0),  # of 128
    ((1, 5, 9, 2, 1, THREE, ONE, (1, 7), "same"), 1),
    ((1, 5, 10, 2, 1, THREE, ONE, (1, 7), "same"), 0),  # 6 zero points behind a row
    ((1, 5, 15, 2, 1, (1, 5), ONE, ONE, "same"), 0),  # one zero point behind a row, and windows reach 2 beyond it
    ((1, 5, 14, 2, 1, (1, 5), ONE, ONE, "same"), 2),
])  # fmt: skip
def test_conditions(one: Any, kinds: int) -> None:
    assert len(forms(layer(*one, seed=1))) == kinds


def test_channels_that_need_shifts_are_refused() -> None:
    graph = layer(1, 9, 9, 2, 1, THREE, ONE, ONE, "same")
    assert forms(graph)
    for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
        assert t.quantization is not None
        q = Quantization(t.quantization.scale * np.float32(1 << 14), t.quantization.zero_point, t.quantization.axis)
        graph.tensors[t.name] = replace(t, quantization=q)
    assert not forms(graph)


@pytest.mark.parametrize("i", range(len(LAYERS)))
def test_every_output_has_its_place(i: int) -> None:
    """The groups of all bands cover the picture; tables are as long as the loops run."""
    batches, *_ = LAYERS[i]
    graph = layer(*LAYERS[i])
    size = graph.tensors[graph.outputs[0]].shape
    for _, call in forms(graph):
        f = dict[str, Any](call.fields)
        outputs = np.prod(size[1:3]) * size[3]
        assert f["places"].size == 8 * f["iterations"] and f["windows"].size == 4 * f["vectors"]
        group = np.prod(GROUPS[f["kind"] // 2][0])
        assert f["vectors"] * 4 * group >= f["iterations"] * 8 > 0
        places = (f["bands"].reshape(-1, 7)[:, 6, None] + f["places"]).reshape(-1)
        assert np.array_equal(np.unique(places), np.arange(0, batches * outputs, size[3]))


@pytest.mark.parametrize(("one", "shared"), [
    ((1, 9, 9, 4, 1, THREE, ONE, ONE, "same"), True), ((1, 9, 9, 4, 1, THREE, ONE, ONE, "valid"), False),
    ((1, 9, 9, 4, 2, THREE, ONE, ONE, "same"), False), ((1, 80, 64, 4, 1, THREE, ONE, ONE, "same"), False),
])  # fmt: skip
def test_in_place_where_nothing_is_read_again(one: Any, shared: bool) -> None:
    graph = layer(*one)
    for _, call in forms(graph):
        memory = memory_map(graph, [call])
        assert (memory.tensors[graph.inputs[0]] == memory.tensors[graph.outputs[0]]) == shared
