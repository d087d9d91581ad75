"""Requantization by one multiplication, where no output is below its zero point: SMMLAR, SSAT with a shift.

Of values of one sign the reference rounds no tie of a negative number, so that it is one line: with the Q31 multiplier
m, right shift e and u = m / 2^31 it is floor((floor(a u + 1/2) + 2^(e-1)) / 2^e) = floor((a u + 1/2 + 2^(e-1)) / 2^e).
SMMLAR(f a + b, n, c) is floor(((f a + b) n + c 2^32 + 2^31) / 2^32), and SSAT divides it by 2^FRACTION: a line too. Its
slope n is as near as 31 bits can be. Where it begins is found by pairs of c, in eighths of an output, and b, by which
all sums are moved: b n has another remainder for each of them, so that some pair lies between steps of the reference.
The output's zero point is in c. Channels are proven one by one, over the accumulators that int8 inputs can reach.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.forms._reach import Function, rises
from edgekit.backends.c.forms.dsp._requantize import DOUBLE, LIMIT, MOST, Folded
from edgekit.reference.arithmetic import INT32_MAX, multiply, quantize_multipliers

FRACTION = 3  # bits, EK_RELU_FRACTION: more would need larger slopes than 31 bits where e is small
SLOPES = 8  # tried to either side of the nearest
SPANS = (32, 4096)  # eighths of an output by which c may leave its place, for which b makes up
UPPER, HALF = 1 << 32, 1 << 31
Line = tuple[int, int, int, int]


def one_line(
    folded: Folded, real: NDArray[np.float64], clamp: tuple[int, int], zero: int, wide: bool = False,
    around: int | None = None,
) -> Folded | None:  # fmt: skip
    """`folded` with slopes as multipliers and c as dividers; None where a channel has no such line.

    Args:
        real, clamp, wide: as `fold` took them.
        zero: the output's zero point.
        around: where the middle of all sums is to be, as near as a line leaves it; else they are moved by little.
    """
    if clamp[0] < 0:
        return None
    w = folded.weights.astype(np.int64)
    low = folded.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = folded.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)
    m, shift = quantize_multipliers(np.broadcast_to(real, folded.bias.shape))
    factor, offset = np.full(m.shape, DOUBLE), np.zeros(m.shape, np.int64)
    slope, start = np.zeros(m.shape, np.int64), (folded.constant + zero) << FRACTION
    for i in np.flatnonzero(folded.varies):
        found = _line(int(m[i]), int(shift[i]), (int(low[i]), int(high[i])), clamp, zero, around)
        if found is None or (found[0] != DOUBLE and not wide):
            return None
        factor[i], offset[i], slope[i], start[i] = found
    return replace(folded, multiplier=slope, divider=start, factor=factor, offset=offset)


@lru_cache(1 << 14)  # tiles of a layer have the same channels
def _line(
    m: int, shift: int, reach: tuple[int, int], clamp: tuple[int, int], zero: int, around: int | None
) -> Line | None:
    """f, b, n and c, proven; None without any."""

    def reference(a: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(np.clip(multiply(a, m, shift), *clamp))

    doublings = max(1, 1 + FRACTION + shift)
    factor = 1 << doublings
    if doublings > MOST or max(-reach[0], reach[1]) * factor >= LIMIT:
        return None
    first = rises(reference, *reach)
    (above, least), (below, most) = bounds(reference, first, reach, clamp, zero, FRACTION)
    moved = 0 if around is None else around - factor // 2 * sum(reach)
    nearest = round(m * 2.0 ** (shift + 1 + FRACTION - doublings))
    for k in range(2 * SLOPES + 1):
        slope = nearest + (k + 1) // 2 * (-1) ** k
        ends = (
            (least - factor * slope * above).max(initial=-(1 << 62)),
            (most - factor * slope * below).min(initial=1 << 62),
        )
        if not 0 < slope < HALF or ends[0] > ends[1]:
            continue
        for span in SPANS:
            start = _start(slope, (int(ends[0]) - moved * slope, int(ends[1]) - moved * slope), span)
            if start is not None and max(-reach[0], reach[1]) * factor + abs(moved + start[0]) <= INT32_MAX:
                line = factor, moved + start[0], slope, start[1]
                checked = np.concatenate([first, first - 1, reach])  # no rise is at the lowest
                return line if np.array_equal(_outputs(checked, line, zero, clamp), reference(checked)) else None
    return None


def bounds(
    reference: Function, first: NDArray[np.int64], reach: tuple[int, int], clamp: tuple[int, int], zero: int,
    fraction: int,
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], tuple[NDArray[np.int64], NDArray[np.int64]]]:  # fmt: skip
    """Accumulators, and what f a n plus the line's start must be there: at the least, where the reference rises and at
    the lowest; at the most, before it rises and at the highest."""
    above, below = np.append(first, reach[0]), np.append(first - 1, reach[1])
    least, most = ((y + zero << fraction) * UPPER for y in (reference(above), reference(below) + 1))
    low, high = (bool(y) for y in (reference(np.array(reach)) == clamp))
    return (above[: -1 if low else None], least[: -1 if low else None]), (
        below[: -1 if high else None],
        most[: -1 if high else None] - 1,
    )


def _start(slope: int, ends: tuple[int, int], span: int) -> tuple[int, int] | None:
    """The least b, and c, with which b slope + c 2^32 + 2^31 is one of these."""
    c = ((sum(ends) // 2 - HALF) // UPPER) + np.arange(-span, span + 1)
    rest = c * UPPER + HALF
    b = -((rest - ends[0]) // slope)
    found = np.flatnonzero((b * slope + rest <= ends[1]) & (np.abs(c) < LIMIT))
    if found.size == 0:
        return None
    best = found[np.abs(b[found]).argmin()]
    return int(b[best]), int(c[best])


def _outputs(a: NDArray[np.int64], line: Line, zero: int, clamp: tuple[int, int]) -> NDArray[np.int64]:
    """What SMMLAR and SSAT leave, less the zero point."""
    factor, b, slope, c = line
    wide = ((factor * a + b) * slope + c * UPPER + HALF) // UPPER
    assert np.all(np.abs(wide) <= INT32_MAX)
    return np.asarray(np.clip(np.clip(wide >> FRACTION, -128, 127) - zero, *clamp))
