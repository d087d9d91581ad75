"""The page against gemmlowp's rules written down again with Python's unbounded integers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from edgekit.reference import arithmetic as page

TIES = sorted({s * (k << n) + d for n in (0, 1, 7, 8, 23, 29) for k in (1, 3) for d in (-1, 0, 1) for s in (-1, 1)})
EDGES = [v for v in {0, page.INT32_MIN, page.INT32_MAX, page.INT32_MIN + 1, *TIES} if abs(v) <= 1 << 31]
MANTISSAS = [1 << 30, (1 << 30) + 1, 3 << 29, (1 << 31) - 1, 1518500250]


def int32(value: int) -> int:
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)


def doubling_high_mul(a: int, b: int) -> int:
    """gemmlowp: (a * b + nudge) / 2^31 with C's truncating division, the one overflow saturated."""
    if a == b == page.INT32_MIN:
        return page.INT32_MAX
    nudged = a * b + ((1 << 30) if a * b >= 0 else 1 - (1 << 30))
    return nudged // (1 << 31) if nudged >= 0 else -(-nudged // (1 << 31))


def rounding_divide(x: int, exponent: int) -> int:
    """gemmlowp: shift right, plus one when the remainder is above the threshold."""
    mask = (1 << exponent) - 1
    return (x >> exponent) + ((x & mask) > (mask >> 1) + (x < 0))


@pytest.mark.parametrize("mantissa", MANTISSAS)
def test_multiply_at_all_shifts_and_edges(mantissa: int) -> None:
    for shift, value in itertools.product(range(-31, 31), EDGES):
        value = int32(value)
        high = doubling_high_mul(int32(value << max(shift, 0)), mantissa)
        expected = rounding_divide(high, max(-shift, 0))
        assert int(page.multiply(np.array([value]), mantissa, shift)[0]) == expected, (value, shift)


def test_every_tie_of_small_shifts() -> None:
    values = np.arange(-5000, 5000)
    for exponent in range(12):
        expected = [rounding_divide(int(v), exponent) for v in values]
        assert page.divide_by_power_of_two(values, exponent).tolist() == expected


def test_only_the_one_overflow_saturates() -> None:
    lowest = np.array([page.INT32_MIN])
    assert int(page.high_mul(lowest, page.INT32_MIN)[0]) == page.INT32_MAX
    assert int(page.high_mul(lowest, page.INT32_MAX)[0]) == -page.INT32_MAX


def test_multiplier_mantissa_and_shift() -> None:
    assert page.quantize_multiplier(0.0) == (0, 0)
    assert page.quantize_multiplier(1.0) == (1 << 30, 1)
    assert page.quantize_multiplier(1.0 - 2.0**-40) == (1 << 30, 1)  # the mantissa rounds up to 2^31
    assert page.quantize_multiplier(2.0**-32) == (1 << 30, -31)
    assert page.quantize_multiplier(2.0**-33) == (0, 0)
    for bad in (2.0**31, float("inf"), float("nan"), -1.0):
        with pytest.raises(ValueError):
            page.quantize_multiplier(bad)
    with pytest.raises(ValueError):
        page.quantize_multipliers([0.5, 2.0**30])


def test_activation_bounds() -> None:
    assert page.activation_range("none", 0.1, 3) == (-128, 127)
    assert page.activation_range("relu", 0.1, 3) == (3, 127)
    assert page.activation_range("relu6", 0.1, 3) == (3, 63)
    assert page.activation_range("relu_n1_to_1", 0.4, 0) == (-3, 3)  # 2.5 steps, away from zero
    with pytest.raises(ValueError):
        page.activation_range("relu6", 2.0**-30, 0)
