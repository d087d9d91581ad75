"""Requantization by one VQRDMULH, where no output is below its zero point, which is the lowest int8.

Of values of one sign the reference rounds no tie of a negative number, so that it is one line (`forms/dsp/_relu.py`):
floor(((a + b) n + 2^30) / 2^31) with the output's zero point in b. Its slope n is as near as a Q31 number can be. Where
it begins is found by adding multiples of 2^16 to the outputs, of which kernels keep the low half: each makes b n
have another remainder, so that one lies between steps of the reference. Channels are proven one by one, over the
accumulators that int8 inputs can reach; outputs fit 16 bits before their clamp, which is what narrowing saturates at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from edgekit.backends.c.call import Value
from edgekit.backends.c.forms._reach import Ints, rises
from edgekit.backends.c.forms.mve._requantize import CONSTANT, Folded, integer
from edgekit.reference.arithmetic import INT32_MAX, high_mul, multiply

LOWEST, HIGHEST = -128, 127
SLOPES = 8  # tried to either side of the nearest
TURNS = 512  # of 2^16 outputs, by which a line may begin elsewhere
FRACTION = 2  # bits
OUTPUT, TURN = 1 << 32 + FRACTION, 1 << 48  # of an output and of a turn, in what 2 (a + b) n + 2^31 counts
HALF = 1 << 31
NEAR = 1 << 40  # from one end of a line's start to the other, where only one is bounded
REACH = 1 << 26  # of accumulators, so that products with slopes fit 64 bits


def once(fields: Mapping[str, Value], found: Folded) -> Folded | None:
    """`found` with slopes as multipliers, and biases that have the zero point; None where a channel has no such line."""
    if [integer(fields, name) for name in ("out_zero", "low", "high")] != [LOWEST, LOWEST, HIGHEST]:
        return None
    w = found.weights.reshape(len(found.bias), -1).astype(np.int64)
    low = found.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = found.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)
    bias, slope = found.bias.copy(), found.multiplier.copy()
    for i in range(len(bias)):
        line = _line(int(found.multiplier[i]), int(found.shift[i]), int(low[i]), int(high[i]))
        if line is None:
            return None
        slope[i], bias[i] = line[0], bias[i] + line[1]
    return replace(found, bias=bias, multiplier=slope)


@lru_cache(1 << 14)  # tiles of a layer have the same channels
def _line(m: int, shift: int, low: int, high: int) -> tuple[int, int] | None:
    """n and b, proven from `low` to `high`; None without any."""
    if shift > 0 or max(-low, high) > REACH:
        return None

    def wanted(a: Ints) -> Ints:
        return np.asarray(np.clip(multiply(a, m, shift) + LOWEST, LOWEST, HIGHEST))

    first = rises(wanted, low, high)
    above, below = np.append(first, low), np.append(first - 1, high)
    least, most = (y * OUTPUT - OUTPUT // 2 - HALF for y in (wanted(above), wanted(below) + 1))
    kept = [y != end for y, end in ((wanted(above), LOWEST), (wanted(below), HIGHEST))]
    nearest = round(m * 2.0 ** (shift + FRACTION)) if low < high else CONSTANT[0] >> 8
    for k in range(2 * SLOPES + 1):
        slope = nearest + (k + 1) // 2 * (-1) ** k
        if not 0 < slope <= INT32_MAX:
            continue
        start = (least - 2 * slope * above)[kept[0]].max(initial=-TURN)
        end = (most - 2 * slope * below)[kept[1]].min(initial=TURN) - 1
        start = max(int(start), int(end) - NEAR)
        end = min(int(end), start + NEAR)
        moved = start + TURN * np.arange(-TURNS, TURNS + 1)
        b = -(-moved // (2 * slope))
        right = (b * 2 * slope - moved <= end - start) & (np.abs(b) <= INT32_MAX - max(-low, high))
        if not np.any(right):
            continue
        offset = int(b[right][np.abs(b[right]).argmin()])
        checked = np.concatenate([first, first - 1, [low, high]])  # no rise is at the lowest
        if np.array_equal(_outputs(checked + offset, slope), wanted(checked)) and _whole(low, high, offset, slope):
            return slope, offset
    return None


def _outputs(a: Ints, slope: int) -> Ints:
    """What VQRDMULH, its low half and VQRSHRNB leave."""
    halves = high_mul(a, slope).astype(np.int16).astype(np.int64)
    return np.asarray(np.clip(halves + (1 << FRACTION >> 1) >> FRACTION, LOWEST, HIGHEST))


def _whole(low: int, high: int, offset: int, slope: int) -> bool:
    """Whether outputs fit 16 bits before their clamp: no turn is between the lowest and the highest."""
    ends = high_mul(np.array([low, high]) + offset, slope)
    return int(ends[1] - ends[0]) == int(np.diff(ends.astype(np.int16).astype(np.int64))[0])
