"""The arithmetic: how a 32-bit accumulator becomes an 8-bit value. This page is the specification.

A real multiplier M = s_in * s_w / s_out is stored as a Q31 integer m and a shift e with M = m * 2^(e - 31), m in
[2^30, 2^31). An accumulator a becomes

    requantize(a) = clamp(zero_point + divide(high_mul(a * 2^max(e, 0), m), max(-e, 0)), low, high)
    high_mul(a, m) = floor((a * m + 2^30) / 2^31), saturated     "saturating rounding doubling high multiply"
    divide(x, n)   = round(x / 2^n), ties away from zero         "rounding divide by power of two"

Two roundings, hence "double rounding". Sources: B. Jacob et al., "Quantization and Training of Neural Networks for
Efficient Integer-Arithmetic-Only Inference", CVPR 2018, section 2.2; the gemmlowp library's fixed-point functions; the
TensorFlow Lite 8-bit quantization specification.

Products of int16 activations and int8 weights ("16x8") have int64 accumulators and are rounded once: `multiply_wide`.

Which operators depart from this in which runtime is stated per named arithmetic in `edgekit.reference.arithmetics`.
All integers here are int64 arrays that hold int32 values unless said otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
INT32_MIN, INT32_MAX = -(1 << 31), (1 << 31) - 1
AWAY, EVEN, EVEN_SUM = "away", "even", "even-sum"  # ties of the bounds of fused activations
WIDE_BITS, WIDE_SHIFT = 47, 7  # of `multiply_wide`: accumulators stay below 2^47, multipliers below 2^7


def quantize_multiplier(real: float) -> tuple[int, int]:
    """The Q31 mantissa and the shift of a non-negative real multiplier; (0, 0) for 0 and for anything below 2^-32.

    Raises:
        ValueError: the multiplier is 2^31 or more, which no runtime's shift defines, or no number.
    """
    if not 0.0 <= real < math.inf:
        raise ValueError(f"the scales give the multiplier {real}")
    if real == 0.0:
        return 0, 0
    fraction, exponent = math.frexp(real)
    mantissa = math.floor(fraction * (1 << 31) + 0.5)
    if mantissa == 1 << 31:
        mantissa, exponent = mantissa // 2, exponent + 1
    if exponent > 31:
        raise ValueError(f"the scales ask for a multiplier of {real:g}, the largest that is defined is 2^31")
    return (0, 0) if exponent < -31 else (mantissa, exponent)


def quantize_multipliers(reals: Sequence[float] | NDArray[np.float64]) -> tuple[Ints, Ints]:
    """`quantize_multiplier` of many, as two arrays, for int32 accumulators: 2^30 and more is a ValueError too."""
    largest = max((float(r) for r in reals), default=0.0)
    if largest >= 1 << 30:
        raise ValueError(f"the scales ask for a multiplier of {largest:g}, the largest that is defined is 2^30")
    pairs = [quantize_multiplier(float(r)) for r in reals]
    return np.array([p[0] for p in pairs], np.int64), np.array([p[1] for p in pairs], np.int64)


def wrap_int32(x: Ints) -> Ints:
    """Two's complement wrap-around to 32 bits, as the C code's int32 arithmetic does."""
    return x.astype(np.int32).astype(np.int64)


def high_mul(a: Ints, m: Ints | int) -> Ints:
    """Saturating rounding doubling high multiply of int32 values."""
    product = (a * m + (1 << 30)) >> 31
    return np.asarray(np.minimum(product, INT32_MAX))  # only INT32_MIN * INT32_MIN exceeds the range


def divide_by_power_of_two(x: Ints, n: Ints | int) -> Ints:
    """x / 2^n, n >= 0, rounded to nearest, ties away from zero."""
    half = (np.int64(1) << np.asarray(n, np.int64)) >> 1
    return (x + half - ((x < 0) & (half > 0))) >> n


def multiply(x: Ints, m: Ints | int, shift: Ints | int) -> Ints:
    """x times the quantized multiplier (m, shift): double rounding."""
    left, right = np.maximum(shift, 0), np.maximum(-np.asarray(shift), 0)
    return divide_by_power_of_two(high_mul(wrap_int32(x << left), m), right)


def reduced_multiplier(m: Ints | int) -> Ints:
    """A Q31 multiplier in 15 bits, rounded, as `multiply_wide` takes it."""
    return np.asarray(np.minimum((np.asarray(m, np.int64) + (1 << 15)) >> 16, (1 << 15) - 1))


def multiply_wide(x: Ints, m: Ints | int, shift: Ints | int) -> Ints:
    """int64 accumulators of 16x8 products times (m, shift): one rounding, ties up, with 15 bits of the multiplier.

    floor(x * r / 2^(15 - shift) + 1/2) with r = (m + 2^15) >> 16, at most 2^15 - 1; wrapped to int32.
    """
    total = 15 - np.asarray(shift, np.int64)
    return wrap_int32((x * reduced_multiplier(m) + (np.int64(1) << (total - 1))) >> total)


def saturating_cast(scaled: Ints, zero_point: int, dtype: str, low: int | None = None, high: int | None = None) -> Any:
    """clamp(scaled + zero_point) as `dtype`; the addition wraps at int32 as the runtimes' does."""
    info = np.iinfo(dtype)
    bounds = (info.min if low is None else low, info.max if high is None else high)
    return np.clip(wrap_int32(np.asarray(scaled + zero_point)), *bounds).astype(dtype)


def activation_range(
    activation: str, scale: float, zero_point: int, dtype: str = "int8", ties: str = AWAY
) -> tuple[int, int]:
    """The clamp (low, high) that a fused activation leaves of the output type's range.

    Bounds are quantized as zero_point + round(bound / scale) in float32 as the runtimes do.

    Args:
        ties: `AWAY` from zero; to `EVEN`; to `EVEN_SUM`, that is with the zero point added before the rounding.

    Raises:
        ValueError: a bound leaves int32; the runtimes refuse such a model too.
    """
    info = np.iinfo(dtype)
    low, high = int(info.min), int(info.max)
    bounds = {"none": (None, None), "relu": (0.0, None), "relu6": (0.0, 6.0), "relu_n1_to_1": (-1.0, 1.0)}[activation]
    if bounds[0] is not None:
        low = max(low, _bound(bounds[0], scale, zero_point, ties))
    if bounds[1] is not None:
        high = min(high, _bound(bounds[1], scale, zero_point, ties))
    return low, high


def _bound(real: float, scale: float, zero_point: int, ties: str) -> int:
    with np.errstate(over="ignore"):
        quotient = np.float32(real) / np.float32(scale)
    steps = round_half_away(quotient)
    if not INT32_MIN <= steps <= INT32_MAX:
        raise ValueError(f"the fused activation's bound {real} does not fit 32 bits at scale {scale:g}")
    if ties == EVEN_SUM:
        return int(np.rint(quotient + np.float32(zero_point)))
    return zero_point + (int(np.rint(quotient)) if ties == EVEN else steps)


def round_half_away(x: np.floating | float) -> int:
    """Round to nearest, ties away from zero, as C's round()."""
    value = float(x)
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be rounded")
    return int(math.copysign(math.floor(abs(value) + 0.5), value))
