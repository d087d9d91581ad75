"""The requantization VQRDMULH, VQRDMULH: its constants, and where it gives the integers of `ek_multiply`.

The second VQRDMULH is by c = 2^(31-e) + 1 for a right shift e: floor((t + t / 2^(31-e) + 2^(e-1)) / 2^e), which is the
division by 2^e with ties away from zero as long as |t| < 2^(31-e): t / 2^(31-e) then lowers a negative t by at most one
and changes no result of another. Beyond, for 1 <= e <= 11, both results are clamped alike.

Other channels are proven one by one over the accumulators that int8 inputs can reach, up to the output's clamp: those
that are one number whatever the input get weights of 0; the others c or c - 1. What then is left is shifted as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Value
from edgekit.backends.c.forms._reach import Ints, equal, reach
from edgekit.reference.arithmetic import high_mul, multiply

SMALLEST, LARGEST = 1, 11  # shifts at which every accumulator gives the same clamped output
CONSTANT = (1 << 30, -2, 8)  # multiplier, shift, and the accumulator that gives 1


@dataclass(frozen=True)
class Folded:
    """Per channel.

    Attributes:
        weights: (channels, taps), 0 where the channel is a constant.
        bias: with the input's zero point folded in; multiplier, shift: as of `ek_multiply`.
        second: what the second VQRDMULH multiplies by, 0 where there is none.
    """

    weights: NDArray[np.int8]
    bias: Ints
    multiplier: Ints
    shift: Ints
    second: Ints


def fold(fields: Mapping[str, Value], weights: NDArray[np.int8]) -> Folded:
    """Of a portable call's `fields` and its weights as (channels, taps)."""
    found = reach(weights, np.asarray(fields["bias"]), integer(fields, "in_zero"))
    multiplier, shift = (
        np.broadcast_to(np.asarray(fields[name]).astype(np.int64), found.bias.shape).copy()
        for name in ("multiplier", "shift")
    )
    clamp = (
        integer(fields, "low") - integer(fields, "out_zero"),
        integer(fields, "high") - integer(fields, "out_zero"),
    )
    weights, bias, second = weights.copy(), found.bias.copy(), np.zeros_like(found.bias)
    for i in range(len(bias)):
        ends = (int(found.low[i]), int(found.high[i]))
        value = constant(int(multiplier[i]), int(shift[i]), ends, clamp)
        if value is not None:
            weights[i] = 0
            multiplier[i], shift[i], bias[i] = CONSTANT[0], CONSTANT[1], CONSTANT[2] * value
        second[i] = factor(int(multiplier[i]), int(shift[i]), ends, clamp) if value is None else divider(-CONSTANT[1])
    return Folded(weights, bias, multiplier, shift, second)


def constant(multiplier: int, shift: int, ends: tuple[int, int], clamp: tuple[int, int]) -> int | None:
    """What the output less its zero point is for all accumulators from one end to the other, None where it varies."""
    if max(-ends[0], ends[1]) << max(shift, 0) >= 1 << 31:  # the reference may wrap around, and fall
        return None
    low, high = (int(np.clip(multiply(np.array(a), multiplier, shift), *clamp)) for a in ends)
    return low if low == high else None


def factor(multiplier: int, shift: int, ends: tuple[int, int], clamp: tuple[int, int]) -> int:
    """What the second VQRDMULH multiplies by so that the clamped output is exact for those accumulators, or 0."""
    if SMALLEST <= -shift <= LARGEST:
        return divider(-shift)
    if -shift < SMALLEST:
        return 0

    def wanted(a: Ints) -> Ints:
        return np.asarray(np.clip(multiply(a, multiplier, shift), *clamp))

    for second in (divider(-shift), divider(-shift) - 1):

        def found(a: Ints, second: int = second) -> Ints:
            return np.asarray(np.clip(high_mul(high_mul(a, multiplier), second), *clamp))

        if equal(found, wanted, *ends):
            return second
    return 0


def divider(e: int) -> int:
    return (1 << (31 - e)) + 1


def integer(fields: Mapping[str, Value], name: str) -> int:
    value = fields[name]
    assert isinstance(value, int | np.integer)
    return int(value)


def second_multiplier(fields: Mapping[str, Value], multiplier: str, shift: str, values: Ints) -> int:
    """As `factor`, from names of fields, for an accumulator that has only these values: all of them are tried."""
    m, s = integer(fields, multiplier), integer(fields, shift)
    low, high, zero = (integer(fields, name) for name in ("low", "high", "out_zero"))
    if s > -SMALLEST:
        return 0
    wanted = np.clip(multiply(values, m, s) + zero, low, high)
    for second in (divider(-s) - 1, divider(-s)):
        if np.array_equal(np.clip(high_mul(high_mul(values, m), second) + zero, low, high), wanted):
            return second
    return 0
