"""Requantization by one multiplication gives the reference's integers: for every accumulator of many channels, and in
all kernels that have it, on the host by C twins and on emulated cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from edgekit.backends.c.call import Call
from edgekit.backends.c.emission import candidates_of
from edgekit.backends.c.forms.dsp._relu import FRACTION, one_line
from edgekit.backends.c.forms.dsp._requantize import ANY, fold
from edgekit.graph import Graph, Quantization
from edgekit.graph.operator import Activation
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.arithmetic import multiply, quantize_multiplier
from tests.firmware import proof
from tests.firmware.dsp_proofs import test_emulated, test_host  # noqa: F401
from tests.firmware.proof import Case
from tests.firmware.shapes import layer_graph

FRACTIONS = (0.5, 0.50000001, 0.61803, 0.73, 0.99999999)
SCALES = ((1e-3, 0.05), (1.0, 60.0), (1.0, 2500.0), (1e-7, 1.0))  # of the last all channels are constants
WIDTHS = (4, 6, 8, 10, 12, 14, 16)
KERNELS = {"depthwise_conv_2d_relu_dsp", "depthwise_conv_2d_inside_relu_dsp", "conv_2d_halves_relu_dsp",
           "conv_2d_relu_dsp",
           *(f"pointwise_{width}_{by}_dsp" for width in WIDTHS for by in ("relu", "line"))}  # fmt: skip


def rectified(graph: Graph, zero: int = -128) -> Graph:
    """With that zero point of the output."""
    y = graph.tensors["y"]
    graph.tensors["y"] = replace(y, quantization=Quantization.per_tensor(float(y.scale), zero))
    return graph


def layers() -> Iterator[Graph]:
    """Even and odd sizes and channels, strides, padding; clamps at both ends of int8 and inside."""
    rng = np.random.default_rng(83)
    turn = 0

    def layer(operator: str, shape: tuple[int, ...], out_c: int, kernel: tuple[int, int], stride: int = 1) -> Graph:
        nonlocal turn
        turn += 1
        activation: Activation = ("relu", "relu", "relu6")[turn % 3]
        make = DepthwiseConv2D if operator == "depthwise_conv_2d" else Conv2D
        op = make((stride, stride), padding="same", activation=activation)
        graph = layer_graph(operator, shape, out_c, kernel, 1, SCALES[turn % 7 % len(SCALES)], rng, op)
        return rectified(graph, -128 if operator == "conv_2d" or turn % 4 else -7)

    for i, (height, width) in enumerate([(1, 1), (2, 4), (5, 6), (7, 3)]):
        for stride, channels, many in ((1, 4 + 4 * (i % 2), 1), (2, 8, 1), (1, 3 + i, 1 + i % 2), (2, 5, 1)):
            shape = 1 + i % 2, height, width, channels
            yield layer("depthwise_conv_2d", shape, channels * many, (3, 3 - i % 2), stride)
        for stride, in_c, out_c in ((1, 3, 4), (2, 2, 5), (1, 8, 3), (1, 4, 1)):
            yield layer("conv_2d", (1 + i % 2, height, width, in_c), out_c, (3, 3) if in_c != 8 else (1, 1), stride)
        yield layer("conv_2d", (1, height, width, 5), 6 + i, (4, 2), 1)
    for i, width in enumerate((*WIDTHS, *(w - 1 for w in WIDTHS if w > 4))):
        for out_c in (1 + 3 * (i % 3), 17):
            op = Conv2D(stride=(1 + i % 2, 1 + i % 2), activation="relu")
            graph = layer_graph("conv_2d", (1, 3, 5, width), out_c, (1, 1), 1, SCALES[(i + out_c) % 3], rng, op)
            yield rectified(graph)


def relu_kernels(graph: Graph) -> dict[int, str]:
    """By the candidates' places; of 1x1 layers those of few inputs alone, the others have theirs."""
    calls = [
        (k, c.kernel) for k, c in enumerate(candidates_of(graph, graph.nodes[0], "cortex-m4")) if isinstance(c, Call)
    ]
    found = {k: kernel for k, kernel in calls if kernel in KERNELS}
    return {k: kernel for k, kernel in found.items() if "pointwise" in kernel} or found


LAYERS = list(layers())
CASES = [
    Case(f"relu_{i}_{k}", graph, i, 2, proof.GUARD, candidate=k)
    for i, graph in enumerate(LAYERS)
    for k in relu_kernels(graph)
]


def test_cases_of_all_kernels() -> None:
    taken = Counter(relu_kernels(case.graph)[case.candidate] for case in CASES)
    assert set(taken) == KERNELS and min(taken.values()) >= 2, taken
    assert all(taken[name] >= 8 for name in KERNELS if "pointwise" not in name), taken


def test_only_where_outputs_have_one_sign() -> None:
    graph = layer_graph("depthwise_conv_2d", (1, 5, 5, 4), 4, (3, 3), 1, SCALES[0], np.random.default_rng(1))
    assert not relu_kernels(rectified(graph, -127))
    assert relu_kernels(rectified(graph))  # the zero point is the least that a byte can be


def test_other_channels_have_two_multiplications() -> None:
    """A multiplier from an eighth on has a slope of more than 31 bits, unless the kernel's weights are halfwords."""
    weights, bias, real = np.array([[1, -1, 5]], np.int8), np.array([5]), np.array([0.2])
    for wide, found in ((False, False), (True, True)):
        folded = fold(weights, bias, 0, real, (0, 255), wide=wide)
        assert folded is not None and (one_line(folded, real, (0, 255), -128, wide) is not None) == found
    folded = fold(weights, bias, 0, real)
    assert folded is not None and one_line(folded, real, ANY, 0) is None


@pytest.mark.parametrize("e", range(-3, 13))
@pytest.mark.parametrize("clamp", [(0, 255), (0, 90), (7, 200)])
def test_every_accumulator(e: int, clamp: tuple[int, int]) -> None:
    """Also the ends of the reach, and clamps above the zero point; left shifts and up to a quarter with halfwords."""
    generator = np.random.default_rng([e + 3, *clamp])
    proven = 0
    for i, fraction in enumerate((*FRACTIONS, *generator.uniform(0.5, 1, 5))):
        real = float(fraction * 2.0**-e)
        weights = generator.integers(-128, 128, (1, 1 + i * i)).astype(np.int8)
        bias = generator.integers(-3000, 3000 + (i << 14), 1)
        folded = fold(weights, bias, 3, np.array([real]), clamp, wide=e < 3)
        assert folded is not None
        zero = -128 if clamp[1] > 100 else -100
        line = one_line(folded, np.array([real]), clamp, zero, wide=e < 3)
        if line is None:
            continue
        proven += 1
        w = folded.weights[0].astype(np.int64)
        low = int(folded.bias[0] + np.minimum(-128 * w, 127 * w).sum())
        high = int(folded.bias[0] + np.maximum(-128 * w, 127 * w).sum())
        a = np.arange(low, high + 1)
        moved = int(line.factor[0]) * a + int(line.offset[0])
        assert np.abs(moved).max() < 1 << 31
        wide = int(line.divider[0]) + ((moved * int(line.multiplier[0]) + (1 << 31)) >> 32)
        assert np.abs(wide).max() < 1 << 31
        found = np.clip(np.clip(wide >> FRACTION, -128, 127) - zero, *clamp)
        expected = np.clip(multiply(a, *quantize_multiplier(real)), *clamp) if folded.varies[0] else folded.constant[0]
        np.testing.assert_array_equal(found, np.clip(np.broadcast_to(expected, a.shape), -128 - zero, 127 - zero))
    assert proven >= 7
