"""Requantization of accumulators A with few exact bits to spare: which step is near, then on which side of it A lies.

    B = A + shift                                           shift = round(1 / (2 M)): the step to n is near B = n / M
    n = clip(round(B * mul), lowest + 1, highest)           rough: one too many or too few does no harm
    R = B - n * divisor                                     exact: both are small multiples of a power of two
    r = R - n * rest + half * clip(A, -1, 1)                divisor + rest = 1 / M
    y = n - 1/2 + clip((r * mul + offset) * 2^32, -1/2, 1/2)

r is the distance from the step to n in accumulators, M the page's multiplier: y is n beyond the step and n - 1 before
it. Near the step every term is small, and so are the roundings, in any order and fused or not; further away the
distance grows faster than they do. `fit` takes the offset from the middle of what the page's steps allow, and gives
None where a step lies within the roundings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.arithmetic import Ints
from edgekit.reference.engine.stairs import Stairs

Floats = NDArray[np.float32]
SHARP = 2.0**32
EPSILON = 2.0**-24  # the largest relative error of one rounding
LEVELS = 256


@dataclass(frozen=True)
class Remainder:
    """The constants, (C,) each. `half` is in accumulators, None where both sides of 0 are rounded alike."""

    shift: Ints
    mul: Floats
    divisor: Floats
    rest: Floats
    offset: Floats
    half: Floats | None


def fit(stairs: Stairs, half: NDArray[np.float64]) -> Remainder | None:
    """Constants whose form equals the page for all accumulators, or None.

    Args:
        half: (C,) how much sooner a level is reached on either side of 0 because the page rounds twice; 0 where it
            treats both sides alike.
    """
    first, real = stairs.first, stairs.real
    if (real > 0.25).any() or (real < 2.0**-16).any():
        return None
    shift = np.rint(0.5 / real).astype(np.int64)
    reach = stairs.reach + shift
    bits = np.clip(np.floor(np.log2(2.0**24 / np.maximum(reach, LEVELS / real + 1))), 0, 16)
    divisor = np.rint(np.ldexp(1 / real, bits.astype(np.int64))) / 2.0**bits
    exact = np.maximum(reach, LEVELS * divisor) * 2.0**bits <= 1 << 24
    mul, rest = real.astype(np.float32), (1 / real - divisor).astype(np.float32)
    sides = (half / real).astype(np.float32)
    values = stairs.levels - (shift + sides * np.sign(first)) * real
    before = stairs.levels - (shift + sides * np.sign(first - 1)) * real
    least = np.where(stairs.reached, values - first * real, -np.inf).max(axis=0)
    most = np.where(stairs.after, before - (first - 1) * real, np.inf).min(axis=0)
    offset = ((np.maximum(least, most - real) + np.minimum(most, least + real)) / 2).astype(np.float32)
    drift = LEVELS * np.abs(divisor + rest.astype(np.float64) - 1 / real)
    near = np.abs(offset) / real + sides + 2  # what is summed within one accumulator of a step
    error = (drift + EPSILON * (LEVELS * np.abs(rest) + 6 * near)) * real + 1 / SHARP
    if not (exact & (near * real < 0.25) & (offset - least > error) & (most - offset > error)).all():
        return None
    return Remainder(shift, mul, divisor.astype(np.float32), rest, offset, sides if half.any() else None)
