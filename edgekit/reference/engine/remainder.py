"""Requantization of accumulators A with few exact bits to spare: a rough quotient first, then the remainder.

    n = round(A * mul)                                      rough: one too many or too few does no harm
    R = A - n * divisor                                     exact: both are small multiples of a power of two
    y = n + round(R * mul + n * slope + offset + half * clip(A, -1, 1))

R * mul is at most about 1/2 in magnitude, where float32 has 24 bits behind the point. With `slope` = divisor * M - 1
the sum is A * M - n + offset ...; all its roundings together, in any order and fused or not, are below `error`. `fit`
takes the offset from the middle of what the page's steps allow, and gives None where a step lies within the error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.engine.stairs import Stairs

Floats = NDArray[np.float32]
LARGEST = 256  # of the rough quotient: beyond it every level is saturated
ROUNDINGS = 6 * 2.0**-24  # of five operations on values below 2


@dataclass(frozen=True)
class Remainder:
    """The constants, (C,) each. `half` is None where positive and negative values are rounded alike."""

    mul: Floats
    divisor: Floats
    slope: Floats
    offset: Floats
    half: Floats | None


def fit(stairs: Stairs, half: NDArray[np.float64]) -> Remainder | None:
    """Constants whose form equals the page for all accumulators, or None.

    Args:
        half: (C,) how much sooner a level is reached on either side of 0 because the page rounds twice; 0 where it
            treats both sides alike.
    """
    first, real, reach, values = stairs.first, stairs.real, stairs.reach, stairs.levels - 0.5
    bits = np.clip(np.floor(np.log2(2.0**23 / np.maximum(reach, 1))), 0, 10)
    divisor = np.rint(np.ldexp(1 / real, bits.astype(np.int64))) / 2.0**bits
    mul, slope = real.astype(np.float32), (divisor * real - 1).astype(np.float32)
    exact = (reach <= 1 << 23) & ((LARGEST + 2) * divisor * 2.0**bits <= 1 << 24)
    least = np.where(stairs.reached, values - first * real - half * np.sign(first), -np.inf).max(axis=0)
    most = np.where(stairs.after, values - (first - 1) * real - half * np.sign(first - 1), np.inf).min(axis=0)
    offset = ((np.maximum(least, most - 1) + np.minimum(most, least + 1)) / 2).astype(np.float32)
    drift = np.abs(slope.astype(np.float64) - (divisor * real - 1))
    error = ROUNDINGS + np.abs(mul / real - 1) + (LARGEST + 1) * drift
    size = 0.51 + (LARGEST + 1) * np.abs(slope) + np.abs(offset) + half
    if not (exact & (size < 2) & (offset - least > error) & (most - offset > error)).all():
        return None
    return Remainder(mul, divisor.astype(np.float32), slope, offset, half.astype(np.float32) if half.any() else None)
