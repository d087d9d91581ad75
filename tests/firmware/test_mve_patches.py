"""Helium depthwise convolutions by 4x4 patches: the simulator's integers on every path, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Padding
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware.proof import GUARD, Case, prove

KERNEL = "depthwise_conv_2d_patches_mve"
THREE = (3, 3)
SHIFTED = 2.0**14  # of scales: outputs of such channels do not fit 16 bits
# batches, height, width, channels, kernel, stride, padding
LAYERS: tuple[tuple[int, int, int, int, tuple[int, int], int, Padding], ...] = (
    (1, 12, 12, 16, THREE, 1, "same"), (2, 25, 5, 20, THREE, 1, "same"), (1, 6, 6, 33, THREE, 1, "same"),
    (1, 2, 4, 8, THREE, 1, "same"), (1, 2, 4, 17, THREE, 1, "same"), (1, 4, 2, 16, (1, 1), 1, "same"),
    (1, 7, 9, 15, THREE, 1, "valid"), (1, 8, 8, 16, THREE, 1, "valid"), (1, 9, 7, 16, (3, 1), 1, "same"),
    (2, 7, 6, 7, (1, 3), 1, "same"), (1, 5, 8, 32, (2, 2), 1, "same"), (1, 5, 8, 9, (2, 3), 1, "valid"),
    (1, 3, 3, 16, THREE, 1, "same"), (1, 2, 16, 16, THREE, 1, "same"), (1, 41, 50, 17, THREE, 1, "same"),
    (1, 12, 12, 16, THREE, 2, "same"), (2, 13, 11, 24, THREE, 2, "same"), (1, 9, 9, 16, THREE, 2, "valid"),
    (1, 8, 10, 12, (4, 4), 2, "same"), (1, 9, 12, 16, (4, 4), 2, "valid"), (1, 8, 4, 32, (1, 1), 2, "same"),
    (1, 8, 3, 16, THREE, 2, "same"), (1, 12, 7, 48, (2, 2), 2, "same"), (1, 50, 47, 18, THREE, 2, "same"),
    (1, 24, 24, 16, (1, 3), 2, "same"),
)  # fmt: skip


def layer(i: int, shifted: bool = False) -> Graph:
    batches, height, width, channels, kernel, stride, padding = LAYERS[i]
    b = Builder("patches", (batches, height, width, channels), i)
    op = DepthwiseConv2D((stride, stride), padding=padding, activation=("none", "relu6")[i % 2])
    graph = b.ended(b.weighted(op, "input", (1, *kernel, channels), 3))
    x, y = (graph.tensors[name] for name in (graph.inputs[0], graph.outputs[0]))
    zero = (-128, 3, 127)[i % 3]
    graph.tensors[x.name] = replace(x, quantization=Quantization.per_tensor(float(x.scale), zero))
    if i % 4 == 1:  # a clamp inside the range
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
    if shifted:  # every third channel
        for t in [t for t in graph.tensors.values() if t.is_constant and t.quantization is not None]:
            assert t.quantization is not None
            scales = t.quantization.scale * np.resize(np.array([1, 1, SHIFTED], np.float32), channels)
            graph.tensors[t.name] = replace(t, quantization=replace(t.quantization, scale=scales))
    return graph


def forms(graph: Graph) -> list[tuple[int, Call]]:
    found = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(found) if isinstance(c, Call) and c.kernel == KERNEL]


def general(call: Call) -> int:
    """Channels whose shifts stay shifts."""
    return int(np.count_nonzero(np.asarray(call.fields["filters"]).reshape(-1, 8)[:, 2] == 0))


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    """Both strides, clamped and not; one iteration, words outside the image, odd widths, bands, lanes left over."""
    cases: list[Case] = []
    seen: set[tuple[object, ...]] = set()
    for i in range(len(LAYERS)):
        for shifted in (False, True)[: 1 + (i % 3 == 0)]:
            graph = layer(i, shifted)
            ((candidate, call),) = forms(graph)
            f = {name: value for name, value in call.fields.items() if isinstance(value, int)}
            limited = (f["low"], f["high"]) != (-128, 127)
            seen |= {("kind", f["stride"], limited, shifted), ("outer", min(f["outer"], 2), f["half"])}
            seen |= {("bands", f["band"] < f["out_h"]), ("one", f["iterations"] == 1), ("left", f["pad_left"])}
            assert (general(call) > 0) == shifted
            cases.append(Case(f"patches_{i}_{int(shifted)}", graph, i, 2, GUARD, candidate=candidate))
    assert seen >= {("kind", s, c, g) for s in (1, 2) for c in (False, True) for g in (False, True)}
    assert seen >= {("outer", n, h) for n in (0, 1) for h in (0, 1)} | {("left", 0), ("left", 1)}
    assert seen >= {(name, flag) for name in ("bands", "one") for flag in (False, True)}
    prove(cases, "qemu-m55", tmp_path / "program")


def test_other_windows_are_refused() -> None:
    """Large ones, strides, and pictures whose outputs beyond the last would be written after right ones."""
    for size, kernel, stride in (
        ((12, 12), (4, 4), 1),
        ((12, 12), (3, 5), 2),
        ((12, 12), THREE, 3),
        ((2, 2), THREE, 1),
    ):
        b = Builder("patches", (1, *size, 16), 0)
        y = b.weighted(DepthwiseConv2D((stride, stride)), "input", (1, *kernel, 16), 3)
        assert not forms(b.ended(y)), (kernel, stride)
