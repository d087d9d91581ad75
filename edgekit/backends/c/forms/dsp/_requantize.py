"""The requantization sequence SMMULR, SMMLAR, SSAT: constants with which it gives the integers of `ek_multiply`.

For an accumulator a, |a| < 2^30, a Q31 multiplier m >= 0 and a right shift e, t = SMMULR(2a, m) is the rounding high
multiply. The rounding divide by 2^e with ties away from zero is SMMLAR(t, 2^(32-e) + 1, zero point): the product adds
t / 2^32 to t / 2^e, which turns the ties of negative t away from zero and must not carry any value over its next tie,
2^-e away. So |t| < 2^(32-e), which holds for every t that does not saturate at int8 when 2 <= e <= 12 (|t| <= 2^(8+e)).
e >= 2, since 2^(32-e) + 1 must be below 2^31.

Other channels are proven one by one, over the accumulators that int8 inputs can reach and up to the output's clamp:

- the result is one number for all inputs: the channel is a constant, with weights of 0;
- e > 12: the sequence as it is, where |t| stays small enough, or with 2^(32-e), without negative t inside the clamp.

Sequence and reference never fall as a rises, so they are equal everywhere when they rise at the same accumulators.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms._reach import rises
from edgekit.reference.arithmetic import multiply, quantize_multipliers

LIMIT = 1 << 30
SMALLEST, LARGEST = 2, 12  # shifts whose sequence is exact whatever the accumulator
ANY = (-256, 256)  # less the zero point: what is outside saturates at every zero point
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Folded:
    """Constants per channel.

    Attributes:
        weights: (channels, taps), 0 where the channel is a constant.
        bias: with the input's zero point folded in.
        multiplier, divider: of the sequence; divider is 2^(32-e) + 1 or 2^(32-e).
        varies: whether the channel depends on its input.
        constant: what the channel is, less the output's zero point, where it does not vary.
    """

    weights: NDArray[np.int8]
    bias: Ints
    multiplier: Ints
    divider: Ints
    varies: NDArray[np.bool_]
    constant: Ints


def fold(
    weights: NDArray[Any], bias: NDArray[Any], in_zero: int, real: NDArray[np.float64], clamp: tuple[int, int] = ANY
) -> Folded | None:
    """Constants of the sequence for weights of shape (channels, taps); None where a channel has none.

    Args:
        real: real multipliers of shape (channels,) or (1,).
        clamp: the output's lowest and highest value, less its zero point.
    """
    w = weights.astype(np.int64)
    folded = bias.astype(np.int64) - in_zero * w.sum(axis=1)
    low = folded + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = folded + np.maximum(-128 * w, 127 * w).sum(axis=1)
    m, shift = quantize_multipliers(np.broadcast_to(real, folded.shape))
    largest = np.maximum(-low, high)
    if np.any(largest << np.maximum(shift, 0) >= 1 << 31):  # the reference wraps around
        return None
    ends = [np.clip(multiply(a, m, shift), *clamp) for a in (low, high)]
    varies = ends[0] != ends[1]
    if np.any(varies & (largest >= LIMIT)):
        return None
    divider = _divider(np.clip(-shift, SMALLEST, LARGEST))
    for i in np.flatnonzero(varies & ((-shift < SMALLEST) | (-shift > LARGEST))):
        found = _proven(int(m[i]), int(shift[i]), (int(low[i]), int(high[i])), clamp)
        if found is None:
            return None
        divider[i] = found
    return Folded(
        np.where(varies[:, None], weights, 0).astype(np.int8),
        np.where(varies, folded, 8 * ends[0]),  # the multiplier takes a half of it, the divider a quarter of that
        np.where(varies, m, LIMIT),
        np.where(varies, divider, _divider(np.array(SMALLEST))),
        varies,
        ends[0],
    )


def clamp_of(call: Call) -> tuple[int, int]:
    """The `clamp` of `fold` from `output_fields`."""
    low, high, zero = (call.fields[name] for name in ("low", "high", "out_zero"))
    assert isinstance(low, int) and isinstance(high, int) and isinstance(zero, int)
    return low - zero, high - zero


def sequence(a: Ints, m: int, divider: int) -> Ints:
    """What SMMULR(2a, m) and SMMLAR(t, divider, 0) leave in a register."""
    half = np.int64(1 << 31)
    t = (2 * a * np.int64(m) + half) >> 32
    return np.asarray((t * np.int64(divider) + half) >> 32)


def divider_of(m: int, shift: int, reach: tuple[int, int], clamp: tuple[int, int]) -> int | None:
    """The divider of one multiplier for accumulators of `reach`, all below 2^30; None where there is none."""
    if SMALLEST <= -shift <= LARGEST:
        return int(_divider(np.array(-shift)))
    return _proven(m, shift, reach, clamp)


def _divider(e: Ints) -> Ints:
    return np.asarray(np.left_shift(np.int64(1), 32 - e) + 1, np.int64)


def _proven(m: int, shift: int, reach: tuple[int, int], clamp: tuple[int, int]) -> int | None:
    """A divider with which the sequence gives the reference's integers for all accumulators of `reach`."""
    if -shift < SMALLEST:
        return None

    def reference(a: Ints) -> Ints:
        return np.asarray(np.clip(multiply(a, m, shift), *clamp))

    first = rises(reference, *reach)
    checked = np.concatenate([first, first - 1, reach])  # no rise is at the lowest
    for divider in ((1 << 32 + shift) + 1, 1 << 32 + shift):
        if np.array_equal(np.clip(sequence(checked, m, divider), *clamp), reference(checked)):
            return divider
    return None
