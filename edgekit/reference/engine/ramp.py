"""Requantization by float32 passes that any engine computes alike, proven equal to the page before it is used.

The page's function of the accumulator A (bias included) is a staircase, see `steps.py`. The fast form is

    B = scale * A + sign * clip(A, -1, 1) + offset          integers below 2^24: exact, whatever the order of summation
    y = center + round(B * mul)                             counted from the zero point; in float32, ties to even

which is a staircase too. `scale` is a small integer that goes into the weights; `sign` is 0 but where the page's two
roundings treat positive and negative values differently. For given `scale`, `mul` and `center` every step of the page
bounds `offset` and `sign` from below and from above, so `fit` solves for them, and takes other values of the first
three where no solution exists. An engine may round the product before it is rounded to an integer or not (fused
multiply-add): both have to agree with the page at every step and just before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.arithmetic import Ints
from edgekit.reference.engine.stairs import Stairs

EXACT = 1 << 24  # float32 holds every integer up to it
SMALLEST = 2.0**-16  # of multipliers: below it, rounding moves a step by more than `_thresholds` looks around
TRIES = 48  # values of `scale` for each channel and center, from the largest that is exact
FEW = 16  # tries after which half of the channels must be solved
LEVELS = 256
ENDLESS = np.int64(1) << 40


@dataclass(frozen=True)
class Ramp:
    """The constants, one per channel."""

    scale: Ints
    sign: Ints
    offset: Ints
    mul: NDArray[np.float32]
    center: Ints

    def value(self, acc: Ints, fused: bool) -> NDArray[Any]:
        """What the passes compute before they clamp, for accumulators (..., C)."""
        base = (self.scale * acc + self.sign * np.clip(acc, -1, 1) + self.offset).astype(np.float32)
        return _rounded(base, self.mul, fused) + self.center


def fit(stairs: Stairs) -> Ramp | None:
    """Constants whose form equals the page for all accumulators, or None."""
    reach, real = stairs.reach, stairs.real
    zeros = np.zeros((4, reach.size), np.int64)
    result = Ramp(zeros[0], zeros[1], zeros[2], np.zeros(reach.size, np.float32), zeros[3])
    room = EXACT // (reach + np.ceil(LEVELS / real).astype(np.int64))
    largest = np.minimum(room, np.minimum(real / SMALLEST, EXACT).astype(np.int64))
    todo = np.arange(reach.size)
    for center in _centers(stairs):
        for smaller in range(TRIES):
            scale = np.maximum(largest[todo] - smaller, 1)
            mul = (real[todo] / scale).astype(np.float32)
            offset, sign, solved = _solve(stairs.of(todo), stairs.levels - center, scale, mul)
            solved &= (scale * reach[todo] + np.abs(offset) + np.abs(sign) <= EXACT) & (sign >= -scale)  # never falls
            done = todo[solved]
            result.scale[done], result.mul[done], result.center[done] = scale[solved], mul[solved], center
            result.offset[done], result.sign[done] = offset[solved], sign[solved]
            todo = todo[~solved]
            if not todo.size:
                return result if _proven(result, stairs) else None
            if smaller >= FEW and todo.size > reach.size // 2:
                return None  # the steps are too close for float32: most channels would search in vain
    return None


def _centers(stairs: Stairs) -> list[int]:
    """Levels near which products may be 0 and so have the smallest roundings: values of `center` to try."""
    lowest, highest = int(stairs.levels[0, 0]) - 1, int(stairs.levels[-1, 0])
    found = [0, *((lowest * (4 - i) + highest * i) // 4 for i in (2, 1, 3))]
    return list(dict.fromkeys(int(np.clip(center, lowest, highest)) for center in found))


def _solve(
    stairs: Stairs, heights: Ints, scale: Ints, mul: NDArray[np.float32]
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """offset, sign and whether they keep every bound, per channel."""
    first = stairs.first
    low, high = _thresholds(heights, mul)
    least = np.where(stairs.reached, high - scale * first, -ENDLESS)
    most = np.where(stairs.after, low - 1 - scale * (first - 1), ENDLESS)
    above, below = least.max(axis=0), most.min(axis=0)
    plain = above <= below
    if plain.all():
        return above, np.zeros_like(above), plain
    (up, up_most), (down, down_most), (middle, middle_most) = (
        (
            least.max(axis=0, where=np.sign(first) == side, initial=-ENDLESS),
            most.min(axis=0, where=np.sign(first - 1) == side, initial=ENDLESS),
        )
        for side in (1, -1, 0)
    )
    up, down = np.where(up > -ENDLESS, up, down), np.where(down > -ENDLESS, down, up)
    down = down + (up - down) % 2  # offset and sign are half the sum and half the difference
    offset, sign = (up + down) // 2, (up - down) // 2
    split = (up <= up_most) & (down <= down_most) & (offset >= middle) & (offset <= middle_most)
    return np.where(plain, above, offset), np.where(plain, 0, sign), plain | split


def _thresholds(heights: Ints, mul: NDArray[np.float32]) -> tuple[Ints, Ints]:
    """The smallest integers whose rounded product reaches each height: in either form, least and most."""
    start = np.ceil((heights - 0.5) / mul.astype(np.float64)).astype(np.int64) - 2
    counts = [
        np.sum([_rounded((start + i).astype(np.float32), mul, fused) < heights for i in range(5)], axis=0)
        for fused in (False, True)
    ]
    return start + np.minimum(*counts), start + np.maximum(*counts)


def _rounded(base: NDArray[np.float32], mul: NDArray[np.float32], fused: bool) -> NDArray[Any]:
    return np.rint(base.astype(np.float64) * mul) if fused else np.rint(base * mul)


def _proven(ramp: Ramp, stairs: Stairs) -> bool:
    return all(
        bool((ramp.value(stairs.first, fused) >= stairs.levels)[stairs.reached].all())
        and bool((ramp.value(stairs.first - 1, fused) < stairs.levels)[stairs.after].all())
        for fused in (False, True)
    )
