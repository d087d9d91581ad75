"""Outputs that saturate two at a time and are stored by fours: dividers that are the addend too.

SMMLAR(t, d, d) adds d to the rounded quotient. Its lower half is the output's zero point and 128, its upper half goes
nowhere, as only the sum's lower half goes on: to USAT16 at 0 and 255, and 128 less that is the output. What the lower
half of d adds to the product turns the ties of negative t away from zero, as the 1 that it has elsewhere, and must not
carry any value over its next tie: so it is as long as |t| times it stays below 2^(32-e), and is proven channel by
channel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.forms._reach import equal
from edgekit.backends.c.forms.dsp._requantize import Folded, sequence
from edgekit.reference.arithmetic import multiply, quantize_multipliers

HALF = 1 << 16
ORDER = (0, 2, 1, 3)  # of every four outputs: two halfwords of a word, then two of the other
Ints = NDArray[np.int64]


def dividers(folded: Folded, real: NDArray[np.float64], zero: int) -> Ints | None:
    """Of all channels of plain sums; None where one's outputs are not the reference's, or leave a halfword before they
    saturate.

    Args:
        real: multipliers. zero: the output's zero point.
    """
    divider = np.asarray(folded.divider // HALF * HALF + zero + 128)
    return divider if folded.plain and np.all(exact(folded, real, zero, divider)) else None


def exact(folded: Folded, real: NDArray[np.float64], zero: int, divider: Ints) -> NDArray[np.bool_]:
    """Which channels' outputs are the reference's and fit a halfword before they saturate, with these dividers.

    Sums are those of `folded.factor`, multipliers those of `folded`.
    """
    count = folded.bias.size
    m, shift = quantize_multipliers(np.broadcast_to(real, (count,)))
    w = folded.weights.astype(np.int64)
    low = folded.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = folded.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)

    def of_channel(i: int) -> bool:
        def half(a: Ints) -> Ints:
            return sequence(a, int(folded.multiplier[i]), int(divider[i]), int(folded.factor[i])) + zero + 128

        def found(a: Ints) -> Ints:
            return np.clip(half(a), 0, 255) - 128 - zero

        def wanted(a: Ints) -> Ints:
            value = multiply(a, m[i], shift[i]) if folded.varies[i] else np.full(a.shape, folded.constant[i])
            return np.asarray(np.clip(value, -128 - zero, 127 - zero))

        ends = half(np.array([low[i], high[i]]))
        fits = np.all((ends >= -HALF // 2) & (ends < HALF // 2))
        return bool(fits) and equal(found, wanted, int(low[i]), int(high[i]))

    return np.array([of_channel(i) for i in range(count)])
