"""What the elementwise operators share: multipliers, sums of rescaled inputs, rectifiers, float kernels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.reference import tables
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetic import EVEN_SUM, Ints, activation_range, multiply, quantize_multiplier
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.requantize import EITHER, requantizer, require_alike, require_int8
from edgekit.reference.simulator import Array, Kernel

FLOAT32_MULTIPLIER = "float32-multiplier"
"""The rule of an operator whose real multiplier is computed in float32, not in float64, before it becomes a Q31
integer: the two integers may differ in their last 8 bits."""

SIGNED_MULTIPLIER = "signed-multiplier"
"""As `float32-multiplier`, and a negative slope is a negative Q31 integer from the start."""

WEIGHTED_SUM = "weighted-sum"
"""The rule of sums by two integer weights, `weighted_sum`."""

SHORT_MULTIPLIER = "short-multiplier"
"""The rule of multipliers with 8 fraction bits, `short_requantize`."""

SMALLEST_RATIO, LARGEST_RATIO = 2.0**-10, 256  # of an input scale to the output's, that XNNPACK adds
SUM_SHIFTS = {"int8": 20, "int16": 15}  # fraction bits of sums: 255 * 2^20 < 2^28 and 2^15 * 2^15, two never overflow
SUM_SHIFT = SUM_SHIFTS["int8"]


def pair(inputs: Sequence[Tensor | None]) -> tuple[Tensor, Tensor]:
    return present(inputs[0], "the first input"), present(inputs[1], "the second input")


def real_multiplier(factors: Sequence[np.float32], divisor: np.float32, rule: str = "") -> float:
    """The product of scales over a scale, rounded after every step to float32 under `float32-multiplier`."""
    kind = np.float32 if rule == FLOAT32_MULTIPLIER else np.float64
    product = kind(factors[0])
    for factor in factors[1:]:
        product = product * kind(factor)
    return float(product / kind(divisor))


def scaled_sum(
    inputs: Sequence[Tensor | None], output: Tensor, activation: str, combine: Callable[[Ints, Ints], Ints]
) -> Kernel:
    """a + b or a - b of int8 or int16 tensors with scales of their own.

    With S = 2 * max(scale a, scale b), both inputs are shifted left by 20 bits (15 for int16) and multiplied by
    scale / S, which is at most 1/2; the sum is multiplied by S / (2^20 * scale out). Three
    double-rounding multiplications in all.

    Raises:
        ValueError: that last multiplier reaches 1. TensorFlow Lite Micro then aborts the process, as does LiteRT's
            addition; LiteRT's subtraction shifts by a negative count, which is undefined.
    """
    a, b = pair(inputs)
    require_alike(output, a, b)
    bits = SUM_SHIFTS[output.dtype]
    twice_max = 2 * max(float(a.scale), float(b.scale))
    multipliers = [quantize_multiplier(float(t.scale) / twice_max) for t in (a, b)]
    real = twice_max / ((1 << bits) * float(output.scale))
    if real >= 1:
        raise ValueError(f"needs an output scale above 2^-{bits - 1} of the larger input scale, found {output.scale}")
    rescale = requantizer(np.array([real]), output, activation, EITHER)

    def function(first: Ints, second: Ints) -> Array:
        rescaled = [
            multiply((x - t.zero_point) << bits, *m)
            for x, t, m in zip((first, second), (a, b), multipliers, strict=True)
        ]
        return rescale(combine(*rescaled))

    return tables.binary(function, a, b)


def short_multiplier(scale: np.float32) -> Ints:
    """256 times a ratio of scales, rounded, ties to even: the multipliers of `short_requantize`."""
    return np.asarray(np.rint(np.float32(256) * scale), np.int64)


def fits_short_multiplier(scale: np.float32) -> bool:
    """Whether XNNPACK takes a ratio of scales as a short multiplier; LiteRT computes what it leaves."""
    return bool(2.0**-8 <= abs(scale) <= 2.0**7)


def short_requantize(centered: Ints, multiplier: Ints, output: Tensor) -> Array:
    """(q - z_in) * multiplier / 256, rounded, ties up: XNNPACK's qs8-vcvt and qs8-vlrelu microkernels."""
    info = np.iinfo(output.dtype)
    shifted = ((centered * multiplier + 128) >> 8) + output.zero_point
    return np.asarray(np.clip(shifted, info.min, info.max), output.dtype)


def rectifier(
    inputs: Sequence[Tensor | None], output: Tensor, activation: str, operator: str, arithmetic: Arithmetic
) -> Kernel:
    """Requantization with the clamp of a fused activation."""
    x = present(inputs[0], "the input")
    require_alike(x, output)
    real = real_multiplier([x.scale], output.scale, arithmetic.rule(operator))
    rescale = requantizer(np.array([real]), output, activation, EITHER)
    return tables.unary(lambda values: rescale(values - x.zero_point), x)


def clamp_only(inputs: Sequence[Tensor | None], output: Tensor, activation: str, ties: str) -> Kernel:
    """The clamp alone, in the input's quantization: integers pass as they are whatever the output's quantization.

    Args:
        ties: of the activation's bounds, as in `activation_range`.
    """
    x = present(inputs[0], "the input")
    require_alike(x, output)
    low, high = activation_range(activation, float(x.scale), x.zero_point, x.dtype, ties)
    return tables.unary(lambda values: np.clip(values, low, high).astype(output.dtype), x)


def float_unary(function: Callable[[Array], Array]) -> Kernel:
    """A float32 kernel of one input."""
    return lambda arrays: [function(np.asarray(arrays[0])).astype(np.float32, copy=False)]


def float_binary(function: Callable[[Array, Array], Array], activation: str = "none") -> Kernel:
    """A float32 kernel of two broadcast inputs."""

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        first, second = (np.asarray(x) for x in arrays)
        return [clamp_float(function(first, second), activation)]

    return kernel


def takes_weights(inputs: Sequence[Tensor | None], output: Tensor) -> bool:
    """Whether XNNPACK takes the sum: both input scales from 2^-10 to below 256 output scales."""
    ratios = [np.float32(t.scale) / np.float32(output.scale) for t in pair(inputs)]
    return bool(min(ratios) >= SMALLEST_RATIO and max(ratios) < LARGEST_RATIO)


def weighted_sum(
    inputs: Sequence[Tensor | None], output: Tensor, activation: str, combine: Callable[[Ints, Ints], Ints]
) -> Kernel:
    """a + b or a - b by two integer weights of 21 bits, as XNNPACK does (`weighted-sum`).

    The larger of s_a / s_out and s_b / s_out, in float32, lies in [2^e, 2^(e+1)). Both are multiplied by 2^(20-e) and
    rounded, ties to even; the sum of the inputs less their zero points times these weights is divided by 2^(20-e) and
    rounded, ties up. Source: google/XNNPACK, the qs8-vadd microkernels.

    Raises:
        ValueError: XNNPACK leaves the sum to another kernel.
    """
    a, b = pair(inputs)
    require_int8(a, b, output)
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype, EVEN_SUM)
    ratios = [np.float32(t.scale) / np.float32(output.scale) for t in (a, b)]
    if not takes_weights(inputs, output):
        found = " and ".join(f"{ratio:g}" for ratio in ratios)
        raise ValueError(f"needs input scales from 2^-10 to below {LARGEST_RATIO} output scales, found {found}")
    shift = SUM_SHIFT - (math.frexp(float(max(ratios)))[1] - 1)
    first, second = (np.int64(np.rint(ratio * np.float32(2.0**shift))) for ratio in ratios)

    def function(x: Ints, y: Ints) -> Array:
        total = combine((x - a.zero_point) * first, (y - b.zero_point) * second)
        shifted = ((total + (1 << shift >> 1)) >> shift) + output.zero_point
        return np.asarray(np.clip(shifted, low, high), output.dtype)

    return tables.binary(function, a, b)
