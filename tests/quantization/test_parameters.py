"""Scales, zero points, weights and biases at their limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.quantization import quantize, report
from edgekit.quantization.parameters import (
    BIAS_MAX,
    activation_parameters,
    quantize_bias,
    quantize_constant,
    quantize_weights,
    round_away,
)
from edgekit.recipe import QuantizeSection
from edgekit.verification import verify
from tests.quantization.graphs import Builder, samples

REALS = st.floats(-1e6, 1e6, width=32)


@given(REALS, REALS)
def test_a_range_is_covered_and_zero_is_exact(a: float, b: float) -> None:
    low, high = min(a, b, 0.0), max(a, b, 0.0)
    q = activation_parameters(a if a < b else b, b if a < b else a)
    scale, zero = float(q.scale[0]), int(q.zero_point[0])
    assert scale > 0 and -128 <= zero <= 127
    assert (-128 - zero) * scale <= low + 0.51 * scale and (127 - zero) * scale >= high - 0.51 * scale


@pytest.mark.parametrize(
    ("low", "high", "scale", "zero"),
    [(0, 255, 1, -128), (-128, 127, 1, 0), (-1, 0, 1 / 255, 127), (2, 4, 4 / 255, -128), (0, 0, 1 / 255, -128)],
)
def test_known_ranges(low: float, high: float, scale: float, zero: int) -> None:
    q = activation_parameters(low, high)
    assert q.scale[0] == np.float32(scale) and q.zero_point[0] == zero


def test_rounding_is_away_from_zero_at_ties() -> None:
    x = np.array([0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994])
    assert round_away(x).tolist() == [1, -1, 2, 3, -3, 0]


def test_constants_lie_within_half_a_step() -> None:
    data = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    q = activation_parameters(float(data.min()), float(data.max()))
    real = (quantize_constant(data, q).astype(float) - q.zero_point[0]) * float(q.scale[0])
    assert np.abs(real - data).max() <= 0.75 * q.scale[0]  # the ends lose up to half a step more to the zero point


def test_a_bias_too_large_for_int32_widens_the_weight_scale() -> None:
    weights = np.array([[1e-7, -1e-7], [1.0, 0.5]], np.float32)
    bias = np.array([5.0, 1.0], np.float32)
    integers, q = quantize_weights(weights, bias, 0, True, input_scale=0.01, output_scale=0.05)
    assert q.scale[0] > 1e-7 / 127 and q.scale[1] == np.float32(1 / 127)
    ints, bias_q = quantize_bias(bias, 0.01, q)
    assert np.abs(ints.astype(np.int64)).max() <= BIAS_MAX * 1.000001
    np.testing.assert_allclose(ints * bias_q.scale.astype(float), bias, rtol=1e-6)
    assert integers[1].tolist() == [127, 64]


@pytest.mark.parametrize("weight", [0.0, 1e-30, 1e-9])
@pytest.mark.parametrize("per_channel", [True, False])
def test_dead_channels_give_their_bias(weight: float, per_channel: bool) -> None:
    b = Builder((1, 5, 5, 3))
    data = b.rng.normal(0, 0.2, (4, 3, 3, 3)).astype(np.float32)
    data[1:3] = weight
    if not per_channel:
        data[:] = weight
    out = b.op("conv_2d", "x", b.constant(data), b.constant([0.3, 2.0, -1.5, 0.0]))
    graph = b.done(out)
    int8 = quantize(graph, samples(graph), QuantizeSection(per_channel=per_channel))
    assert report(graph, int8, samples(graph, 8, seed=2))[-1].sqnr > 30
    assert verify(int8, "tflite-micro", samples=4).exact and verify(int8, "litert-reference", samples=4).exact
