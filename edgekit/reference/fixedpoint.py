"""Transcendental functions in 32-bit fixed point, as the runtimes' softmax, logistic and tanh compute them.

A value in the format Q<n> is an int32 raw integer r that stands for r / 2^(31 - n): n integer bits beside the sign. A
product of Qm and Qn is `high_mul`, in Q(m+n). The formats and polynomials are those of the gemmlowp library's
fixed-point functions (docs/quantization.md and `fixedpoint.h` there):

    exp(x), x <= 0     split x into -k/4 + f with f in [-1/4, 0): a Taylor polynomial of degree 4 around -1/8 for f,
                       times exp(-2^e) for every set bit e of k
    1/(1+x), (1-x)/(1+x), x in [0, 1]    three Newton-Raphson steps for 2/(1+x), from 48/17 - 32/17 * d

All arrays are int64 that hold int32 values.
"""

from __future__ import annotations

import math

import numpy as np

from edgekit.reference.arithmetic import (
    INT32_MAX,
    INT32_MIN,
    Ints,
    divide_by_power_of_two,
    high_mul,
    quantize_multiplier,
    wrap_int32,
)

EXP_INTEGER_BITS = 5  # exp's inputs in softmax are Q5: (-32, 0]


def raw(value: float, integer_bits: int) -> int:
    """The Q<integer_bits> integer nearest to a real constant."""
    return min(math.floor(value * 2.0 ** (31 - integer_bits) + 0.5), INT32_MAX)


def input_multiplier(scale: float, integer_bits: int) -> tuple[int, int, int]:
    """How integers of a scale become Q<integer_bits>: multiplier, shift, and the largest magnitude that still fits.

    That magnitude is computed from the scale rounded up to a power of two; where it is 0, no multiplier is needed.
    """
    real = scale * (1 << (31 - integer_bits))
    if real >= (1 << 30) - 0.25:  # rounds to a shift above 30
        return 0, 0, 0
    m, shift = quantize_multiplier(real)
    return m, shift, math.floor(((1 << integer_bits) - 1) * 2.0 ** (31 - integer_bits - shift))


def shift_left(x: Ints, bits: int) -> Ints:
    """x * 2^bits, saturated to int32: a change to a format of `bits` fewer integer bits."""
    return np.asarray(np.clip(x << bits, INT32_MIN, INT32_MAX))


def exp_on_negative_values(x: Ints, integer_bits: int = EXP_INTEGER_BITS) -> Ints:
    """exp(x) in Q0 of x <= 0 in Q<integer_bits>, integer_bits at most 5."""
    fraction_bits = 31 - integer_bits
    quarter = 1 << (fraction_bits - 2)
    fraction = (x & (quarter - 1)) - quarter  # [-1/4, 0)
    quarters = fraction - x
    result = _exp_of_fraction(shift_left(fraction, integer_bits))
    for exponent in range(-2, integer_bits):
        bit = quarters & (1 << (fraction_bits + exponent))
        result = np.where(bit != 0, high_mul(result, raw(math.exp(-(2.0**exponent)), 0)), result)
    return np.where(x == 0, INT32_MAX, result)


def _exp_of_fraction(x: Ints) -> Ints:
    """exp of Q0 values in [-1/4, 0)."""
    center = raw(math.exp(-0.125), 0)
    y = x + (1 << 28)
    y2 = high_mul(y, y)
    y3, y4 = high_mul(y2, y), high_mul(y2, y2)
    tail = high_mul(divide_by_power_of_two(y4, 2) + y3, raw(1 / 3, 0)) + y2  # 2 * (y^2/2 + y^3/6 + y^4/24)
    return center + high_mul(y + divide_by_power_of_two(tail, 1), center)


def _two_over_one_plus(x: Ints) -> Ints:
    """2 / (1 + x) in Q2 of Q0 values in [0, 1]."""
    half = (x + INT32_MAX + 1) >> 1  # the denominator halved, in [1/2, 1]; the sum is never negative
    y = raw(48 / 17, 2) + high_mul(half, -raw(32 / 17, 2))
    for _ in range(3):
        y = y + shift_left(high_mul(y, (1 << 29) - high_mul(half, y)), 2)
    return y


def one_over_one_plus(x: Ints) -> Ints:
    """1 / (1 + x) in Q0 of Q0 values in [0, 1]."""
    return shift_left(_two_over_one_plus(x), 1)  # the same integers read as Q1 are half as much


def one_minus_over_one_plus(x: Ints) -> Ints:
    """(1 - x) / (1 + x) in Q0 of Q0 values in [0, 1]."""
    return shift_left(_two_over_one_plus(x) - (1 << 29), 2)


def reciprocal(x: Ints, integer_bits: int) -> tuple[Ints, Ints]:
    """1 / x of positive Q<integer_bits> values as (r, n): the reciprocal is r * 2^-n with r in Q0, in [1/2, 1].

    Sums that left the 31 bits are taken as unsigned 32-bit values, as the runtimes take them.
    """
    unsigned = x & 0xFFFFFFFF
    headroom = 32 - np.frexp(unsigned.astype(np.float64))[1].astype(np.int64)
    fraction = wrap_int32((unsigned << headroom) - (1 << 31))
    return one_over_one_plus(fraction), integer_bits - headroom
