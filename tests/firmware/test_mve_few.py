"""Helium convolutions of few channels: pictures of two, three or four, and windows into one, three, four or ten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.graphs import Builder
from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.mve import conv_2d_few
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation, Padding
from edgekit.graph.ops.conv_2d import Conv2D
from tests.firmware.proof import Case, prove

FEW, TWO, RGB, PAIRS, RGBA, TEN, TWO_FEW, TWO_SMALL = (
    f"conv_2d_{name}_mve" for name in ("few", "two", "rgb", "rgb_pairs", "rgba", "rgb_ten", "two_few", "two_small")
)
Layer = tuple[int, int, int, int, int, int, tuple[int, int], Padding]
# batches, height, width, input and output channels, width of the window, stride, padding
PICTURES: tuple[Layer, ...] = (
    (1, 9, 12, 3, 8, 3, (1, 1), "same"), (2, 20, 41, 3, 8, 3, (2, 2), "same"), (1, 5, 5, 3, 16, 3, (1, 1), "valid"),
    (3, 4, 7, 3, 24, 3, (2, 2), "same"), (1, 96, 20, 3, 8, 3, (2, 2), "same"), (2, 40, 26, 3, 16, 3, (1, 1), "same"),
    (1, 2, 6, 3, 8, 3, (1, 1), "same"), (1, 6, 2, 3, 8, 3, (1, 1), "same"), (1, 3, 3, 3, 8, 3, (2, 2), "same"),
    (1, 9, 10, 3, 8, 3, (1, 2), "valid"), (1, 12, 8, 3, 8, 3, (3, 1), "same"), (4, 7, 7, 3, 8, 3, (1, 1), "same"),
    (1, 7, 400, 3, 8, 3, (1, 1), "same"), (1, 5, 8, 3, 16, 3, (2, 2), "same"), (2, 5, 12, 3, 8, 3, (2, 2), "same"),
)  # fmt: skip
OF_TWO: tuple[Layer, ...] = (
    (1, 9, 12, 2, 8, 3, (1, 1), "same"), (2, 12, 11, 2, 64, 3, (2, 2), "same"), (1, 40, 50, 2, 24, 3, (1, 1), "same"),
    (3, 5, 4, 2, 16, 3, (1, 1), "valid"), (1, 6, 2, 2, 8, 3, (2, 1), "same"),
    (1, 3, 5461, 2, 8, 3, (1, 1), "same"), (2, 5, 7, 2, 32, 3, (1, 2), "same"),
)  # fmt: skip
TWO_INTO_FEW: tuple[Layer, ...] = (
    (1, 12, 12, 2, 4, 3, (1, 1), "same"), (3, 13, 13, 2, 3, 3, (2, 2), "same"), (1, 3, 60, 2, 1, 3, (1, 1), "same"),
    (2, 4, 5, 2, 10, 3, (1, 1), "same"), (1, 4, 3, 2, 5, 3, (1, 1), "same"), (2, 6, 4, 2, 1, 3, (1, 1), "valid"),
    (1, 9, 12, 2, 7, 3, (2, 3), "same"),
)  # fmt: skip
SMALL_OF_TWO: tuple[Layer, ...] = (
    (1, 13, 13, 2, 8, 3, (2, 2), "same"), (1, 13, 13, 2, 10, 3, (2, 2), "same"), (1, 8, 8, 2, 16, 3, (1, 1), "same"),
    (1, 14, 12, 2, 4, 3, (2, 2), "same"), (1, 7, 10, 2, 6, 3, (1, 1), "valid"), (1, 11, 15, 2, 26, 3, (2, 1), "valid"),
    (1, 9, 9, 2, 2, 3, (1, 1), "same"), (1, 5, 13, 2, 8, 3, (1, 2), "same"), (1, 2, 100, 2, 2, 3, (1, 1), "same"),
)  # fmt: skip
INTO_TEN: tuple[Layer, ...] = (
    (1, 9, 12, 3, 10, 3, (1, 1), "same"), (3, 7, 16, 3, 10, 3, (2, 2), "same"), (1, 60, 30, 3, 10, 3, (1, 1), "valid"),
)  # fmt: skip
WINDOWS: tuple[Layer, ...] = (
    (2, 7, 6, 16, 1, 3, (1, 1), "same"), (1, 9, 9, 24, 1, 3, (2, 2), "same"), (1, 9, 8, 32, 1, 3, (1, 2), "valid"),
    (1, 5, 6, 64, 1, 3, (1, 1), "same"), (1, 12, 7, 64, 1, 3, (1, 1), "same"), (2, 7, 7, 8, 3, 3, (1, 1), "same"),
    (1, 30, 30, 16, 3, 3, (2, 2), "same"), (1, 5, 9, 24, 3, 3, (1, 1), "valid"), (2, 4, 4, 32, 3, 3, (1, 1), "same"),
    (1, 7, 9, 5, 4, 3, (1, 1), "same"), (2, 6, 6, 8, 4, 3, (2, 2), "same"), (1, 6, 5, 16, 4, 3, (3, 3), "same"),
    (1, 3, 3, 24, 4, 3, (1, 1), "same"), (2, 9, 7, 5, 10, 3, (1, 1), "same"), (1, 13, 13, 8, 10, 3, (2, 2), "same"),
    (1, 9, 9, 4, 10, 3, (2, 1), "valid"), (1, 2, 9, 4, 4, 4, (1, 1), "same"), (1, 9, 1, 12, 4, 2, (1, 1), "same"),
    (2, 9, 7, 4, 1, 3, (1, 1), "same"), (1, 8, 9, 8, 1, 3, (2, 2), "same"), (1, 6, 8, 5, 3, 3, (1, 1), "valid"),
    (1, 40, 11, 16, 1, 3, (1, 1), "same"), (1, 8, 8, 12, 1, 4, (1, 1), "same"),
)  # fmt: skip


def graph_of(layer: Layer, i: int, activation: Activation = "none") -> Graph:
    batches, height, width, in_c, out_c, kernel_w, stride, padding = layer
    rng = np.random.default_rng(i)
    b = Builder("few", (batches, height, width, in_c), i)
    op = Conv2D(stride, padding=padding, activation=activation)
    graph = b.ended(b.weighted(op, "input", (out_c, 3, kernel_w, in_c), 0))
    x = graph.tensors["input"]
    quantization = Quantization.per_tensor(float(x.scale), int(rng.integers(-128, 128)))
    graph.tensors["input"] = replace(x, quantization=quantization)
    return graph


def limited(layer: Layer, i: int) -> Graph:
    """With a clamp inside the range."""
    graph = graph_of(layer, i, "relu6")
    y = graph.tensors[graph.outputs[0]]
    graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(0.06, -5))
    return graph


def windows_across(layer: Layer) -> int:
    _, _, width, *_, (_, stride), padding = layer
    return -(-width // stride) if padding == "same" else (width - 3) // stride + 1


def call_of(graph: Graph, kernel: str) -> tuple[int, Call] | None:
    calls = candidates_of(graph, graph.nodes[0], "cortex-m55")
    return next(((j, c) for j, c in enumerate(calls) if isinstance(c, Call) and c.kernel == kernel), None)


def cases() -> Iterator[tuple[Case, Call]]:
    four = tuple((*layer[:3], 4, *layer[4:]) for layer in PICTURES)
    for kernel, layers in (
        (TWO, OF_TWO),
        (RGB, PICTURES),
        (PAIRS, tuple(layer for layer in PICTURES if windows_across(layer) % 2 == 0)),
        (RGBA, four),
        (TEN, INTO_TEN),
        (TWO_FEW, TWO_INTO_FEW),
        (TWO_SMALL, SMALL_OF_TWO),
        (FEW, WINDOWS),
    ):
        for i, layer in enumerate(layers):
            graph = (limited if kernel == FEW and i % 3 == 0 else graph_of)(layer, i)
            found = call_of(graph, kernel)
            assert found is not None, layer
            yield Case(f"{kernel}_{i}", graph, i, 2, 64, candidate=found[0]), found[1]


def test_exact_on_the_emulated_core(tmp_path: Path) -> None:
    found = list(cases())
    pictures = [call.fields for _, call in found if call.kernel == RGB]
    of_two = [call.fields for _, call in found if call.kernel == TWO]
    assert {f["code"] for f in of_two} >= {0, 7} and {f["blocks"] for f in of_two} == {0, 1}
    assert any(f["band"] < f["out_h"] for f in of_two)
    of_pixels = [call.fields for _, call in found if call.kernel == TWO_FEW]
    assert {int(f["out_size"]) // int(f["channels"]) % 8 > 0 for f in of_pixels} == {False, True}
    small = [call.fields for _, call in found if call.kernel == TWO_SMALL]
    assert {(f["mixed"] > 0, f["inner"] > 0) for f in small} >= {(True, True), (True, False), (False, True)}
    assert {f["tail"] for f in small} == {-4, -2} and {f["blocks"] for f in small} >= {1, 2}
    assert {int(f["rest_bytes"]) // 36 for f in small} >= {0, 1, 3} and {f["channels"] % 8 for f in small} >= {0, 2}
    in_pairs = {f["code"] for _, call in found if call.kernel == PAIRS for f in [call.fields]}
    assert {int(code) // 4 for code in in_pairs} == {0, 1, 2, 3} and {int(code) % 4 for code in in_pairs} == {0, 2}
    few = [call.fields for _, call in found if call.kernel == FEW]
    for part in ({f["code"] // 4 for f in pictures}, {f["code"] % 4 for f in pictures}):
        assert part == {0, 1, 2, 3}, "strides and blocks; pixels of a row"
    assert {f["samples"] for f in pictures} >= {1, 3, 4} and any(f["band"] < f["out_h"] for f in pictures)
    codes = {f["code"] for f in few} | {f["rest_code"] for f in few}
    assert codes == set(range(-1, len(conv_2d_few.UNITS))), codes
    assert {f["limited"] for f in few} == {0, 1} and {f["period"] for f in few} == {1, 3, 5}
    assert any(f["band"] < f["out_h"] for f in few)
    prove([case for case, _ in found], "qemu-m55", tmp_path / "program")


@pytest.mark.parametrize(
    ("kernel", "layer"),
    [
        (RGB, (1, 9, 9, 3, 12, 3, (1, 1), "same")),  # no whole block
        (RGB, (1, 9, 9, 3, 8, 3, (1, 3), "same")),  # a stride that there is no code for
        (RGB, (1, 9, 9, 4, 8, 3, (1, 1), "same")),
        (RGB, (1, 9, 9, 3, 8, 2, (1, 1), "same")),
        (PAIRS, (1, 9, 9, 3, 8, 3, (1, 1), "same")),  # a pixel without another
        (PAIRS, (1, 9, 8, 3, 12, 3, (1, 1), "same")),
        (TWO, (1, 9, 9, 2, 72, 3, (1, 1), "same")),  # more blocks than a round has
        (TWO, (1, 3, 5462, 2, 8, 3, (1, 1), "same")),  # 32768 bytes between the windows of a row
        (TWO_FEW, (1, 3, 61, 2, 4, 3, (1, 1), "same")),  # a window's taps are further apart than 256 bytes
        (TWO_FEW, (1, 7, 1, 2, 4, 3, (1, 1), "same")),  # fewer than 8 pixels
        (TWO_FEW, (1, 20, 20, 2, 4, 3, (1, 1), "same")),  # more scratch than it may take
        (TWO_FEW, (1, 16, 16, 2, 257, 3, (1, 1), "same")),  # outputs further apart than 16 bits
        (TWO_FEW, (1, 9, 9, 3, 4, 3, (1, 1), "same")),
        (TWO_SMALL, (1, 9, 9, 2, 7, 3, (1, 1), "same")),  # no whole pairs of channels
        (TWO_SMALL, (2, 9, 9, 2, 8, 3, (1, 1), "same")),
        (TWO_SMALL, (1, 7, 9, 2, 8, 3, (1, 1), "same")),  # less than 128 bytes
        (TWO_SMALL, (1, 8, 257, 2, 8, 3, (3, 9), "same")),  # more than 4096
        (TWO_SMALL, (1, 10, 7, 2, 8, 3, (3, 4), "valid")),  # fewer than 8 pixels
        (TWO_SMALL, (1, 16, 17, 2, 8, 3, (1, 1), "same")),  # more than 256
        (TWO_SMALL, (1, 16, 16, 2, 258, 3, (1, 1), "same")),  # outputs further apart than 16 bits
        (TWO_SMALL, (1, 9, 9, 3, 8, 3, (1, 1), "same")),
        (RGBA, (1, 9, 9, 4, 8, 3, (1, 3), "same")),
        (TEN, (1, 9, 9, 3, 10, 3, (1, 1), "same")),  # a row of 9
        (TEN, (1, 8, 8, 3, 12, 3, (1, 1), "same")),
        (FEW, (1, 9, 9, 9, 4, 3, (1, 1), "same")),  # not at multiples of 4
        (FEW, (1, 9, 9, 16, 2, 3, (1, 1), "same")),  # only the rest of ten
        (FEW, (1, 9, 9, 16, 8, 3, (1, 1), "same")),
        (FEW, (1, 9, 9, 40, 1, 3, (1, 1), "same")),  # more vectors than there is code for
        (FEW, (1, 9, 9, 16, 1, 3, (4, 4), "same")),
    ],
)
def test_not_beside_what_they_are_made_for(kernel: str, layer: Layer) -> None:
    assert call_of(graph_of(layer, 0), kernel) is None


def test_a_clamp_is_left_to_other_forms() -> None:
    assert call_of(limited(PICTURES[0], 0), RGB) is None
    assert call_of(limited(SMALL_OF_TWO[0], 0), TWO_SMALL) is None


@pytest.mark.parametrize(("ratio", "taken"), [(15.9, True), (14.9, False)])
def test_outputs_of_16_bits(ratio: float, taken: bool) -> None:
    """All weights at the end: sums reach 18 * 127 * (-128 - 89)."""
    graph = graph_of(SMALL_OF_TWO[0], 0)
    weights, y = graph.tensors["weights"], graph.tensors[graph.outputs[0]]
    assert weights.quantization is not None
    scale = float(graph.tensors["input"].scale) * float(np.max(weights.quantization.scale))
    graph.tensors["weights"] = replace(weights, data=np.full(weights.shape, 127, np.int8))
    graph.tensors[y.name] = replace(y, quantization=Quantization.per_tensor(scale * ratio, 0))
    assert (call_of(graph, TWO_SMALL) is not None) == taken
