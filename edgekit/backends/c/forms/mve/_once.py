"""Requantization by one VQRDMULH, where no output is below its zero point, which is the lowest int8.

Of values of one sign the reference rounds no tie of a negative number, so that it is one line (`forms/dsp/_relu.py`).
Here it is floor(((a + b) n + 2^30) / 2^31) + c, with bits of fraction that VQRSHRNB takes away; the output's zero point
is in b, c is the same for all channels. Its slope n is as near as a Q31 number can be. Where the line begins is found
by adding multiples of 2^16, as kernels keep the low half: for each b n has another remainder, and one lies between
steps of the reference. Channels are proven one by one, over the accumulators that int8 inputs can reach; outputs and
their fractions fit 16 bits before their clamp.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from edgekit.backends.c.call import Value
from edgekit.backends.c.forms._reach import Ints, rises
from edgekit.backends.c.forms.mve._requantize import CONSTANT, Folded, integer
from edgekit.reference.arithmetic import INT32_MAX, high_mul, multiply

LOWEST, HIGHEST = -128, 127
SLOPES = 8  # tried to either side of the nearest
TURNS = 512  # of 2^16, by which a line may begin elsewhere
UNIT, TURN = 1 << 32, 1 << 48  # of the high half and of a turn, in what 2 (a + b) n + 2^31 counts
NEAR = 1 << 40  # from one end of a line's start to the other, where only one is bounded
REACH = 1 << 26  # of accumulators, so that products with slopes fit 64 bits


def once(
    fields: Mapping[str, Value], found: Folded, fraction: int, addends: Iterable[int] = (0,)
) -> tuple[Folded, int] | None:
    """`found` with slopes as multipliers, biases that have the zero point, and c of `addends`; None without any."""
    if [integer(fields, name) for name in ("out_zero", "low", "high")] != [LOWEST, LOWEST, HIGHEST]:
        return None
    w = found.weights.reshape(len(found.bias), -1).astype(np.int64)
    low = found.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = found.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)
    channels = [tuple(map(int, each)) for each in zip(found.multiplier, found.shift, low, high, strict=True)]
    for addend in addends:
        lines = _lines(channels, fraction, addend)
        if lines is not None:
            slopes, offsets = np.array(lines, np.int64).T
            return replace(found, bias=found.bias + offsets, multiplier=slopes), addend
    return None


def _lines(channels: Iterable[tuple[int, ...]], fraction: int, addend: int) -> list[tuple[int, int]] | None:
    found = []
    for m, shift, low, high in channels:
        line = _line(m, shift, low, high, fraction, addend)
        if line is None:
            return None
        found.append(line)
    return found


@lru_cache(1 << 14)  # tiles of a layer have the same channels
def _line(m: int, shift: int, low: int, high: int, fraction: int, addend: int) -> tuple[int, int] | None:
    """n and b, proven from `low` to `high`; None without any."""
    if shift > 0 or max(-low, high) > REACH:
        return None

    def wanted(a: Ints) -> Ints:
        return np.asarray(np.clip(multiply(a, m, shift) + LOWEST, LOWEST, HIGHEST))

    first = rises(wanted, low, high)
    above, below = np.append(first, low), np.append(first - 1, high)
    output = UNIT << fraction
    least, most = (y * output - output // 2 - UNIT // 2 for y in (wanted(above), wanted(below) + 1))
    kept = [y != end for y, end in ((wanted(above), LOWEST), (wanted(below), HIGHEST))]
    nearest = round(m * 2.0 ** (shift + fraction)) if low < high else CONSTANT[0] >> 8
    for k in range(2 * SLOPES + 1):
        slope = nearest + (k + 1) // 2 * (-1) ** k
        if not 0 < slope <= INT32_MAX:
            continue
        start = int((least - 2 * slope * above)[kept[0]].max(initial=-TURN))
        end = int((most - 2 * slope * below)[kept[1]].min(initial=TURN)) - 1
        start = max(start, end - NEAR)
        end = min(end, start + NEAR)
        moved = start - addend * UNIT + TURN * np.arange(-TURNS, TURNS + 1)
        b = -(-moved // (2 * slope))
        right = (b * 2 * slope - moved <= end - start) & (np.abs(b) <= INT32_MAX - max(-low, high))
        if not np.any(right):
            continue
        offset = int(b[right][np.abs(b[right]).argmin()])
        checked = np.concatenate([first, first - 1, [low, high]])  # no rise is at the lowest
        raw = high_mul(checked + offset, slope) + addend
        if np.array_equal(_outputs(raw, fraction), wanted(checked)) and _whole(raw):
            return slope, offset
    return None


def _outputs(raw: Ints, fraction: int) -> Ints:
    """What the low half and VQRSHRNB leave."""
    halves = raw.astype(np.int16).astype(np.int64)
    return np.asarray(np.clip(halves + (1 << fraction >> 1) >> fraction, LOWEST, HIGHEST))


def _whole(raw: Ints) -> bool:
    """Whether no turn is between the lowest, last but one, and the highest: all of them fit 16 bits; before, 32."""
    return bool(
        np.abs(raw).max() <= INT32_MAX and raw[-1] - raw[-2] == np.diff(raw[-2:].astype(np.int16).astype(np.int64))[0]
    )
