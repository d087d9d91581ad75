"""The requantization sequence SMMULR, SMMLAR, SSAT: constants, and where it gives the integers of `ek_multiply`.

For an accumulator a, |a| < 2^30, a Q31 multiplier m >= 0 and a right shift e, t = SMMULR(2a, m) is the rounding high
multiply. The rounding divide by 2^e with ties away from zero is SMMLAR(t, 2^(32-e) + 1, zero point): the product adds
t / 2^32 to t / 2^e, which turns the ties of negative t away from zero and must not carry any value over its next tie,
2^-e away. So |t| < 2^(32-e), which holds for every t that does not saturate at int8 when e <= 12 (|t| <= 2^(8+e)), and
for every t where the accumulators are that small. e >= 2, since 2^(32-e) + 1 must be below 2^31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.arithmetic import quantize_multipliers

LIMIT = 1 << 30
SATURATES = 12
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Folded:
    """Per channel: bias with the input's zero point folded in, multiplier, 2^(32-e) + 1."""

    bias: Ints
    multiplier: Ints
    divider: Ints


def fold(weights: NDArray[Any], bias: NDArray[Any], in_zero: int, real: NDArray[np.float64]) -> Folded | None:
    """Constants of the sequence for weights of shape (channels, taps); None where it is not exact.

    Args:
        real: real multipliers of shape (channels,) or (1,).
    """
    w = weights.astype(np.int64)
    folded = bias.astype(np.int64) - in_zero * w.sum(axis=1)
    largest = np.abs(folded) + 128 * np.abs(w).sum(axis=1)
    m, shift = quantize_multipliers(np.broadcast_to(real, largest.shape))
    m, e = np.asarray(m, np.int64), -np.asarray(shift, np.int64)
    zero = (largest * m >> 31) + 1 < np.left_shift(np.int64(1), np.clip(e - 1, 0, 40))  # rounds to 0 always
    m, e = np.where(zero, 0, m), np.where(zero & (e > SATURATES), SATURATES, e)
    fits = (e >= 2) & ((e <= SATURATES) | (largest < np.left_shift(np.int64(1), np.clip(32 - e, 0, 40))))
    if np.any(largest >= LIMIT) or np.any(m < 0) or not np.all(fits):
        return None
    return Folded(folded, m, (np.left_shift(np.int64(1), 32 - e) + 1))
