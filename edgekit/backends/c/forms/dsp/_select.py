"""Outputs that SEL puts together, `firmware/include/edgekit/select_dsp.h`: which channels can be where, and with what.

With t from SMMULR and the shift e, outputs 0 and 2 of a word are SMMLAR(t, 2^(32-e) + 1, start), as everywhere, of
which the lower half goes on. Outputs 1 and 3 are MLA: t (2^(23-e) + g) + start, in 32 bits, which it leaves unless the
output before its clamp is from -255 to 255; the upper half is 2^7 times the output and a half, and QADD16 of it with
itself saturates where the output does. Where no output of the channel needs a clamp, all is twice as large.

`start` has the zero point in its lower half, and 2^7 times that and a half in its upper half. So t g and the zero point
are what turns the ties of negative t away from zero: their sum has to be negative at these and must not be at those of
positive t, and must not carry any value over its next tie, 2^(23-e) away. Some g does that for every channel with e
from 2 to 7, for most with 8 and some with 9. Sequence and reference never fall as the accumulator rises, so it is
enough that they rise at the same ones: proven channel by channel, over the accumulators that int8 inputs can reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.forms._reach import equal
from edgekit.backends.c.forms.dsp._requantize import LARGEST, SMALLEST, Folded, sequence
from edgekit.reference.arithmetic import INT32_MAX, INT32_MIN, multiply, quantize_multipliers

HALF = 1 << 16
CLAMPED, INSIDE = 23, 24  # bits by which outputs 1 and 3 are larger, with a clamp and where they need none
TIES = (1, 2, 4, 8, 3, 6, 12, 16, 32, 64, 128)  # g, those that serve most channels first
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Selected:
    """Words of the kernel.

    Attributes:
        start: the addend of all outputs.
        divider: per channel, where it is output 0 or 2 of a word; 0 where it cannot be.
        gain: per channel, where it is output 1 or 3; 0 where it cannot be.
    """

    start: int
    divider: Ints
    gain: Ints


def start_of(zero: int, bits: int = CLAMPED) -> int:
    """The addend of an output's zero point."""
    return (zero << bits) + (1 << bits - 1) + zero


def selected(folded: Folded, real: NDArray[np.float64], zero: int, bits: int = CLAMPED) -> Selected:
    """Of a layer whose outputs are clamped at -128 and 127 only.

    Args:
        real: multipliers. zero: the output's zero point. bits: CLAMPED or INSIDE.
    """
    count = folded.bias.size
    m, shift = quantize_multipliers(np.broadcast_to(real, (count,)))
    w = folded.weights.astype(np.int64)
    low = folded.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = folded.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)
    divider, gain = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for i in range(count) if folded.plain else ():
        e = int(-shift[i]) if folded.varies[i] else SMALLEST
        one = _Channel(folded, i, (int(m[i]), int(shift[i])), zero, (int(low[i]), int(high[i])))
        divider[i] = folded.divider[i] if one.even() else 0
        gains = [(1 << bits - e) + g for g in TIES] if 0 <= e <= LARGEST else []
        gain[i] = next((g for g in gains if one.odd(g, bits)), 0)
    return Selected(start_of(zero, bits), divider, gain)


@dataclass(frozen=True)
class _Channel:
    """One of them: m and shift of the reference, the lowest and highest accumulator."""

    folded: Folded
    i: int
    multiplier: tuple[int, int]
    zero: int
    reach: tuple[int, int]

    def wanted(self, a: Ints) -> Ints:
        exact = multiply(a, *self.multiplier) if self.folded.varies[self.i] else self.folded.constant[self.i]
        return np.asarray(np.clip(np.broadcast_to(exact, a.shape) + self.zero, -128, 127))

    def even(self) -> bool:
        """Whether SSAT16 gives the outputs: the reference's sequence, if it stays within a half."""
        m, d = int(self.folded.multiplier[self.i]), int(self.folded.divider[self.i])
        ends = sequence(np.array(self.reach), m, d) + self.zero
        return bool(np.all((ends >= -HALF // 2) & (ends < HALF // 2)))

    def odd(self, gain: int, bits: int) -> bool:
        """Whether MLA with this gain gives them."""

        def wide(a: Ints) -> Ints:
            t = (2 * a * self.folded.multiplier[self.i] + (1 << 31)) >> 32
            return np.asarray(t * gain + start_of(self.zero, bits))

        def found(a: Ints) -> Ints:
            return np.asarray(np.clip(wide(a) >> bits, -128, 127))

        ends = wide(np.array(self.reach))
        return bool(np.all((ends >= INT32_MIN) & (ends <= INT32_MAX))) and equal(found, self.wanted, *self.reach)
