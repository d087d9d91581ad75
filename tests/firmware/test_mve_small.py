"""Depthwise convolutions of small pictures on an emulated Cortex-M55: only the taps inside, or windows gathered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from tests.firmware.proof import GUARD, Case, prove

INSIDE, WINDOWS = "depthwise_conv_2d_inside_mve", "depthwise_conv_2d_windows_mve"
ONE, TWO, THREE = (1, 1), (2, 2), (3, 3)
# batches, height, width, channels, filters a channel, kernel, stride, dilation, padding
SHAPES: tuple[tuple[int, int, int, int, int, tuple[int, int], tuple[int, int], tuple[int, int], Padding], ...] = (
    (1, 1, 1, 8, 1, THREE, ONE, ONE, "same"), (4, 1, 1, 32, 1, THREE, TWO, ONE, "same"),
    (1, 2, 2, 8, 1, THREE, TWO, ONE, "same"), (3, 2, 2, 8, 1, THREE, ONE, ONE, "same"),
    (2, 3, 3, 8, 1, THREE, TWO, ONE, "same"), (1, 3, 3, 32, 1, THREE, ONE, ONE, "same"),
    (2, 5, 5, 8, 1, THREE, ONE, ONE, "same"), (1, 5, 5, 4, 1, THREE, TWO, ONE, "same"),
    (2, 1, 17, 8, 1, THREE, ONE, ONE, "same"), (1, 17, 1, 8, 1, THREE, TWO, ONE, "same"),
    (1, 8, 8, 8, 1, THREE, TWO, ONE, "same"), (2, 7, 7, 12, 1, THREE, TWO, ONE, "same"),
    (1, 7, 7, 8, 1, THREE, ONE, ONE, "valid"), (1, 4, 4, 8, 1, (4, 4), ONE, ONE, "valid"),
    (1, 6, 5, 5, 1, THREE, ONE, ONE, "same"), (2, 4, 6, 7, 1, (2, 3), (2, 1), ONE, "same"),
    (1, 12, 12, 2, 4, THREE, ONE, ONE, "same"), (1, 6, 6, 3, 3, THREE, TWO, ONE, "same"),
    (1, 5, 6, 1, 8, (3, 5), ONE, ONE, "same"), (1, 9, 9, 8, 1, THREE, ONE, TWO, "same"),
    (1, 9, 5, 8, 2, THREE, (1, 2), ONE, "same"), (1, 4, 3, 4, 1, (1, 3), ONE, ONE, "same"),
    (1, 3, 9, 4, 1, (3, 1), (3, 2), ONE, "same"), (1, 5, 5, 8, 1, (1, 1), THREE, ONE, "same"),
)  # fmt: skip


def layer(i: int, activation: Activation = "none") -> Graph:
    batches, height, width, channels, multiplier, kernel, stride, dilation, padding = SHAPES[i]
    b = Builder("small", (batches, height, width, channels), i)
    op = DepthwiseConv2D(stride, dilation, padding, activation)
    graph = b.ended(b.weighted(op, "input", (1, *kernel, channels * multiplier), 3))
    x = graph.tensors["input"]
    assert x.quantization is not None
    zero_point = Quantization.per_tensor(float(x.scale), (-128, 3, 127)[i % 3])
    graph.tensors["input"] = replace(x, quantization=zero_point)
    if activation != "none":
        y = graph.tensors[graph.outputs[0]]
        graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
    return graph


def found(graph: Graph) -> list[tuple[int, Call]]:
    """The calls of these kernels among the candidates, with their numbers."""
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return [(i, c) for i, c in enumerate(calls) if isinstance(c, Call) and c.file in (INSIDE, WINDOWS)]


def kernels(graph: Graph) -> set[str]:
    return {call.file for _, call in found(graph)}


def changed(graph: Graph, tensor: str, scale: float) -> Graph:
    """With a tensor's scale times `scale`."""
    t = graph.tensors[tensor]
    assert t.quantization is not None
    graph.tensors[tensor] = replace(
        t, quantization=replace(t.quantization, scale=t.quantization.scale * np.float32(scale))
    )
    return graph


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    """Every candidate; inputs of both ends too, where sums of 16 bits are largest."""
    cases, seen = [], set()
    for i in range(len(SHAPES)):
        for activation in ("none", "relu6") if i % 2 else ("none",):
            graph = layer(i, activation)
            batches, *pixel = graph.tensors["input"].shape
            rng = np.random.default_rng(i)
            ends = rng.choice(np.array([-128, -128, 127, 5], np.int8), (2 * batches, *pixel))
            inputs = {"input": np.concatenate([rng.integers(-128, 128, (batches, *pixel), np.int8), ends])}
            for number, call in found(graph):
                kinds = [int(call.fields.get(name, 0)) for name in ("rows", "step")]  # type: ignore[arg-type]
                seen.add((call.kernel, kinds[0] > 1, kinds[1] > 0))
                name = f"small_{i}_{activation}_{number}"
                cases.append(Case(name, graph, i, 3, GUARD, candidate=number, inputs=inputs))
    assert len(seen) == 6
    prove(cases, "qemu-m55", tmp_path / "program")


def picture(height: int, width: int, channels: int, multiplier: int = 1, kernel: tuple[int, int] = THREE) -> Graph:
    b = Builder("picture", (1, height, width, channels), 0)
    return b.ended(b.weighted(DepthwiseConv2D(), "input", (1, *kernel, channels * multiplier), 3))


@pytest.mark.parametrize(
    ("graph", "taken"),
    [
        (picture(3, 3, 8), {INSIDE, WINDOWS}),
        (picture(3, 3, 9), {WINDOWS}),  # no whole units of 8 outputs
        (picture(4, 2, 1, 3), {INSIDE}),  # no block of 4 channels
        (picture(5, 5, 16), {WINDOWS}),  # too many units
        (picture(5, 6, 16), set()),
        (picture(12, 12, 2, 4), {WINDOWS}),
        (picture(30, 20, 4, 2), {WINDOWS}),  # (3 * 21 - 1) * 4 < 256
        (picture(30, 21, 4, 2), set()),
        (picture(5, 5, 8, 1, (4, 4)), {WINDOWS}),
        (picture(5, 5, 8, 1, (1, 5)), {INSIDE, WINDOWS}),
        (picture(4, 4, 8, 1, (5, 5)), {INSIDE}),  # more than 16 taps
        (changed(picture(3, 3, 8), "weights", 1 << 14), set()),  # left shifts
        (changed(picture(3, 3, 8), "weights", 4), {INSIDE, WINDOWS}),
        (changed(picture(3, 3, 8), "input", 512), set()),  # outputs of more than 16 bits
    ],
)
def test_conditions(graph: Graph, taken: set[str]) -> None:
    assert kernels(graph) == taken


@pytest.mark.parametrize(("weight", "taken"), [(-127, True), (-128, False)])
def test_two_products_fit_16_bits(weight: int, taken: bool) -> None:
    """(-128)^2 twice is 2^15."""
    graph = picture(3, 3, 8)
    weights = graph.tensors["weights"]
    graph.tensors["weights"] = replace(weights, data=np.full_like(weights.data, weight))
    assert (INSIDE in kernels(graph)) == taken and WINDOWS in kernels(graph)


def test_pictures_that_offsets_reach() -> None:
    """64 pixels of 4 channels and a zero point are one word too many; without taps outside none is needed."""
    for side, valid, whole in ((7, False, True), (8, False, False), (8, True, True)):
        b = Builder("picture", (1, side, side, 4), 0)
        op = DepthwiseConv2D(TWO, padding="valid" if valid else "same")
        graph = b.ended(b.weighted(op, "input", (1, 3, 3, 4), 3))
        rows = [call.fields["rows"] for _, call in found(graph) if call.file == WINDOWS]
        assert (1 in rows) == whole and len(rows) == 1 + whole
