"""From real ranges and real constants to scales, zero points and integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Quantization

Floats = NDArray[np.floating[Any]]

WEIGHT_MAX = 127  # symmetric: -128 is left out, as the specification demands
BIAS_MAX = 1 << 30  # leaves the other half of int32 to the sum of products
BIAS_LIMIT = {"int8": BIAS_MAX, "int16": 1 << 46}  # by the type of the activations; 16x8 sums stay below 2^47
BIAS_TYPE = {"int8": np.int32, "int16": np.int64}
MULTIPLIER_MIN = 2.0**-24  # of s_in * s_w / s_out; what is below cannot move the output by a step


def activation_parameters(low: float, high: float) -> Quantization:
    """Per-tensor int8 parameters for values in low..high; the range is widened to contain 0, exactly representable.

    A range that is empty (a tensor that was always 0) becomes 0..1.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 2.0**-60:
        low, high = 0.0, 1.0
    scale = np.float32((high - low) / 255)
    zero_point = -128 - low / float(scale)
    return Quantization.per_tensor(float(scale), int(np.clip(round_away(np.array(zero_point)), -128, 127)))


def wide_parameters(low: float, high: float) -> Quantization:
    """Per-tensor int16 parameters for values in low..high, around zero point 0; an empty range becomes -1..1."""
    largest = max(-low, high, 0.0)
    return Quantization.per_tensor(float(np.float32((largest if largest >= 2.0**-60 else 1.0) / 32767)), 0)


def parameters_of(dtype: str, low: float, high: float) -> Quantization:
    """Per-tensor parameters of an int8 or int16 activation."""
    return wide_parameters(low, high) if dtype == "int16" else activation_parameters(low, high)


def round_away(x: Floats) -> NDArray[np.float64]:
    """Round to nearest, ties away from zero, as all of this package does."""
    x = np.asarray(x, np.float64)
    rounded = np.trunc(x)
    up = np.abs(x - rounded) >= 0.5
    return np.asarray(rounded + np.where(up, np.copysign(1.0, x), 0.0))


def quantize_constant(data: Floats, q: Quantization, dtype: str = "int8") -> NDArray[Any]:
    """int8 or int16 values of a real constant under per-tensor parameters, saturated."""
    integers = round_away(data.astype(np.float64) / float(q.scale[0])) + int(q.zero_point[0])
    info = np.iinfo(dtype)
    return np.clip(integers, info.min, info.max).astype(dtype)


def quantize_weights(
    weights: Floats,
    bias: Floats | None,
    axis: int,
    per_channel: bool,
    input_scale: float,
    output_scale: float,
    scales: Floats | None = None,
    down: NDArray[np.bool_] | None = None,
    activations: str = "int8",
) -> tuple[NDArray[np.int8], Quantization]:
    """Symmetric int8 weights in -127..127.

    The scale of a channel is max|w| / 127, but never so small that its bias leaves `BIAS_LIMIT` in units of s_in * s_w
    or that its multiplier s_in * s_w / s_out falls under 2^-24: a channel that is dead, or nearly so, keeps an exact
    bias.
    (TensorFlow Lite's converter widens weight scales for the bias in the same way.)

    Args:
        weights: any shape.
        bias: (channels,) or None.
        axis: the axis of the output channels.
        per_channel: one scale per channel, or one for all.
        input_scale, output_scale: s_in and s_out.
        scales: (channels,) or (1,): used instead of max|w| / 127 where given; what is beyond is clipped.
        down: like the weights: where to round down and where up, instead of to nearest; a weight is moved by less than
            a step in either case.
        activations: their type, which decides about the bias.

    Returns:
        The integers and their quantization.
    """
    real = weights.astype(np.float64)
    channels = real.shape[axis]
    rest = tuple(i for i in range(real.ndim) if i != axis)
    largest = np.abs(real).max(axis=rest)
    offsets = np.zeros(channels) if bias is None else np.abs(bias.astype(np.float64))
    wanted = largest / WEIGHT_MAX if scales is None else np.broadcast_to(scales.astype(np.float64), largest.shape)
    scale = np.maximum(wanted, offsets / (input_scale * BIAS_LIMIT[activations]))
    scale = np.maximum(scale, MULTIPLIER_MIN * output_scale / input_scale)
    if not per_channel:
        scale = scale.max(keepdims=True)
    stored = scale.astype(np.float32)
    shape = [1] * real.ndim
    if per_channel:
        shape[axis] = channels
    steps = real / stored.astype(np.float64).reshape(shape)
    integers = round_away(steps) if down is None else np.where(down, np.floor(steps), np.floor(steps) + 1)
    clipped = np.clip(integers, -WEIGHT_MAX, WEIGHT_MAX).astype(np.int8)
    q = Quantization.per_channel(stored, axis) if per_channel else Quantization.per_tensor(float(stored[0]), 0)
    return clipped, q


def quantize_bias(
    bias: Floats, input_scale: float, weights: Quantization, activations: str = "int8"
) -> tuple[NDArray[Any], Quantization]:
    """int32 bias, int64 beside int16 activations, with scale s_in * s_w[c] and zero point 0.

    The integers are taken from the product in float64; the float32 scale is what the file stores.
    """
    scale = input_scale * weights.scale.astype(np.float64)
    integers = round_away(bias.astype(np.float64) / scale)
    stored = scale.astype(np.float32)
    q = Quantization.per_tensor(float(stored[0]), 0) if stored.size == 1 else Quantization.per_channel(stored, 0)
    return integers.astype(BIAS_TYPE[activations]), q
