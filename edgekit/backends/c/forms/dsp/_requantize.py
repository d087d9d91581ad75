"""The requantization sequence SMMULR, SMMLAR, SSAT: constants with which it gives the integers of `ek_multiply`.

For an accumulator a, |a| < 2^30, a Q31 multiplier m >= 0 and a right shift e, t = SMMULR(2a, m) is the rounding high
multiply. The rounding divide by 2^e with ties away from zero is SMMLAR(t, 2^(32-e) + 1, zero point): the product adds
t / 2^32 to t / 2^e, which turns the ties of negative t away from zero and must not carry any value over its next tie,
2^-e away. So |t| < 2^(32-e), which holds for every t that does not saturate at int8 when 2 <= e <= 12 (|t| <= 2^(8+e)).
e >= 2, since 2^(32-e) + 1 must be below 2^31.

Other channels are proven one by one, over the accumulators that int8 inputs can reach and up to the output's clamp:

- the result is one number for all inputs: the channel is a constant, with weights of 0;
- e > 12: the sequence as it is, where |t| stays small enough, or with 2^(32-e), without negative t inside the clamp.

Where weights are halfwords, a channel's weights and bias may be multiplied by 2^s instead of 2, and the bias moved by
an even c: with m = 2^31 - 1 the first step gives t = 2^(s-1) a + c / 2 exactly, and SMMLAR(t, d, zero point) rounds
t d / 2^32 once. `_line` looks for s, c and d whose line rises where the reference does: so there are sequences for
e = 0 and left shifts, and for e = 1, which rounds twice, where the activation leaves values of one sign.

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
DOUBLE, MOST = 2, 8  # MOST: doublings of weights that fit halfwords
EXACT = (1 << 31) - 1  # the multiplier that halves
SMALLEST, LARGEST = 2, 12  # shifts whose sequence is exact whatever the accumulator
ANY = (-256, 256)  # less the zero point: what is outside saturates at every zero point
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Folded:
    """Constants per channel.

    Attributes:
        weights: (channels, taps), 0 where the channel is a constant.
        bias: with the input's zero point folded in.
        factor, offset: what the sum of products and bias is multiplied by, then moved by; 2 and 0 but for `wide` ones.
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
    factor: Ints
    offset: Ints

    @property
    def plain(self) -> bool:
        """Whether all sums are doubled."""
        return bool(np.all(self.factor == DOUBLE) and not self.offset.any())

    @property
    def start(self) -> Ints:
        """The bias as the sum of products times `factor` begins with it."""
        return self.factor * self.bias + self.offset

    @property
    def halves(self) -> NDArray[np.int16]:
        """(channels, taps): weights times `factor`."""
        return (self.factor[:, None] * self.weights).astype(np.int16)


def fold(
    weights: NDArray[Any], bias: NDArray[Any], in_zero: int, real: NDArray[np.float64], clamp: tuple[int, int] = ANY,
    wide: bool = False,
) -> Folded | None:  # fmt: skip
    """Constants of the sequence for weights of shape (channels, taps); None where a channel has none.

    Args:
        real: real multipliers of shape (channels,) or (1,).
        clamp: the output's lowest and highest value, less its zero point.
        wide: whether the kernel takes `halves` and `start`.
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
    factor, offset = np.full(m.shape, DOUBLE), np.zeros(m.shape, np.int64)
    for i in np.flatnonzero(varies & ((-shift < SMALLEST) | (-shift > LARGEST))):
        channel = int(m[i]), int(shift[i]), (int(low[i]), int(high[i])), clamp
        found = _proven(*channel)
        line = _line(*channel) if found is None and wide else None
        if found is not None:
            divider[i] = found
        elif line is not None:
            factor[i], offset[i], m[i], divider[i] = line
        else:
            return None
    return Folded(
        np.where(varies[:, None], weights, 0).astype(np.int8),
        np.where(varies, folded, 8 * ends[0]),  # the multiplier takes a half of it, the divider a quarter of that
        np.where(varies, m, LIMIT),
        np.where(varies, divider, _divider(np.array(SMALLEST))),
        varies,
        ends[0],
        factor,
        offset,
    )


def clamp_of(call: Call) -> tuple[int, int]:
    """The `clamp` of `fold` from `output_fields`."""
    low, high, zero = (call.fields[name] for name in ("low", "high", "out_zero"))
    assert isinstance(low, int) and isinstance(high, int) and isinstance(zero, int)
    return low - zero, high - zero


def sequence(a: Ints, m: int, divider: int, factor: int = DOUBLE, offset: int = 0) -> Ints:
    """What SMMULR(factor a + offset, m) and SMMLAR(t, divider, 0) leave in a register."""
    half = np.int64(1 << 31)
    t = ((factor * a + offset) * np.int64(m) + half) >> 32
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


def _line(m: int, shift: int, reach: tuple[int, int], clamp: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Factor, offset, multiplier and divider with which the sequence gives the reference's integers for all
    accumulators of `reach`."""

    def reference(a: Ints) -> Ints:
        return np.asarray(np.clip(multiply(a, m, shift), *clamp))

    first, ends = rises(reference, *reach), np.array(reach)
    lowest, highest = (int(y) for y in reference(ends))
    # where it rises and at the ends t d reaches the value, and before it rises not the next one
    above, below = np.append(first, ends[0]), np.append(first - 1, ends[1])
    over, under = ((y << 32) - (1 << 31) for y in (reference(above), reference(below) + 1))
    under -= 1
    if lowest <= clamp[0]:
        above, over = above[:-1], over[:-1]
    if highest >= clamp[1]:
        below, under = below[:-1], under[:-1]
    gain = m * 2.0 ** (shift - 31)
    room = 30 - (max(-reach[0], reach[1]) + 1).bit_length()
    for doublings in range(min(MOST, room), 0, -1):
        step = 1 << doublings - 1
        quarter = round(step / gain / 4)  # of an output
        for offset in dict.fromkeys((0, quarter, -quarter, quarter - 1, 1 - quarter, quarter + 1, -quarter - 1)):
            found = _between(step * above + offset, over, step * below + offset, under)
            if found is not None:
                divider = min(max(round(gain * 2.0**32 / step), found[0]), found[1])
                return 2 * step, 2 * offset, EXACT, divider
    return None


def _between(x: Ints, least: Ints, z: Ints, most: Ints) -> tuple[int, int] | None:
    """The first and last m from 1 to 2^31 - 1 with x m >= least and z m <= most everywhere; None without any."""
    if np.any(least[x == 0] > 0) or np.any(most[z == 0] < 0):
        return None
    low = [-(-least[x > 0] // x[x > 0]), -(-most[z < 0] // z[z < 0])]
    high = [least[x < 0] // x[x < 0], most[z > 0] // z[z > 0]]
    ends = int(max(1, *(v.max(initial=1) for v in low))), int(min(v.min(initial=(1 << 31) - 1) for v in high))
    return ends if ends[0] <= ends[1] else None
