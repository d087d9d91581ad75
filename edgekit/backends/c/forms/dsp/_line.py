"""Requantization by one multiplication without an addend, where no output is below its zero point: SMMULR, then SSAT.

As `_relu.py` says, the reference is one line of the accumulator a there. SMMULR(f a + b, n) is
floor(((f a + b) n + 2^31) / 2^32), and SSAT divides it by 2^FRACTION: a line too, whose start, with the output's zero
point, is in b alone. Weights that are halfwords leave f up to 256, so that b has steps fine enough to lie between steps
of the reference; of the largest f downwards the first with a slope n and a b is taken. Channels are proven one by one,
over the accumulators that int8 inputs can reach.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.forms._reach import rises
from edgekit.backends.c.forms.dsp._relu import HALF, SLOPES, UPPER, bounds
from edgekit.backends.c.forms.dsp._requantize import LIMIT, MOST, Folded
from edgekit.reference.arithmetic import INT32_MAX, multiply, quantize_multipliers

FRACTION = 9  # bits, EK_LINE_FRACTION
Line = tuple[int, int, int]


def line_of(folded: Folded, real: NDArray[np.float64], clamp: tuple[int, int], zero: int) -> Folded | None:
    """`folded` with slopes as multipliers, for kernels that take `halves` and `start`, whose divider is of no use; None
    where a channel has no such line.

    Args:
        real, clamp: as `fold` took them. zero: the output's zero point.
    """
    if clamp[0] < 0:
        return None
    w = folded.weights.astype(np.int64)
    low = folded.bias + np.minimum(-128 * w, 127 * w).sum(axis=1)
    high = folded.bias + np.maximum(-128 * w, 127 * w).sum(axis=1)
    m, shift = quantize_multipliers(np.broadcast_to(real, folded.bias.shape))
    factor, offset, slope = (np.zeros(m.shape, np.int64) for _ in range(3))
    for i in range(m.size):
        if folded.varies[i]:
            found = _line(int(m[i]), int(shift[i]), (int(low[i]), int(high[i])), clamp, zero)
        else:
            found = _level(int(folded.constant[i]) + zero)
        if found is None:
            return None
        factor[i], offset[i], slope[i] = found
    return replace(folded, multiplier=slope, factor=factor, offset=offset, bias=np.where(folded.varies, folded.bias, 0))


def _level(output: int) -> Line:
    """Of a channel that is a constant: half above it, in halves of an output."""
    return 0, (2 * output + 1) << 15, 1 << 32 - 15 + FRACTION - 1


@lru_cache(1 << 14)  # tiles of a layer have the same channels
def _line(m: int, shift: int, reach: tuple[int, int], clamp: tuple[int, int], zero: int) -> Line | None:
    """f, b and n, proven; None without any."""

    def reference(a: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(np.clip(multiply(a, m, shift), *clamp))

    first, largest = rises(reference, *reach), max(-reach[0], reach[1])
    (above, least), (below, most) = bounds(reference, first, reach, clamp, zero, FRACTION)
    for doublings in range(MOST, 0, -1):
        factor = 1 << doublings
        nearest = round(m * 2.0 ** (shift + 1 + FRACTION - doublings))
        for k in range(2 * SLOPES + 1):
            slope = nearest + (k + 1) // 2 * (-1) ** k
            if largest * factor >= LIMIT or not 0 < slope < HALF:
                continue
            ends = (
                int((least - factor * slope * above).max(initial=-(1 << 62))) - HALF,
                int((most - factor * slope * below).min(initial=1 << 62)) - HALF,
            )
            b = -(-ends[0] // slope)
            if b * slope > ends[1] or largest * factor + abs(b) > INT32_MAX:
                continue
            checked = np.concatenate([first, first - 1, reach])  # no rise is at the lowest
            if np.array_equal(_outputs(checked, (factor, b, slope), zero, clamp), reference(checked)):
                return factor, b, slope
    return None


def _outputs(a: NDArray[np.int64], line: Line, zero: int, clamp: tuple[int, int]) -> NDArray[np.int64]:
    """What SMMULR and SSAT leave, less the zero point."""
    factor, b, slope = line
    wide = ((factor * a + b) * slope + HALF) // UPPER
    return np.asarray(np.clip(np.clip(wide >> FRACTION, -128, 127) - zero, *clamp))
