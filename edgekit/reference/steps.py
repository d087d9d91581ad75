"""Requantization in a few floating-point passes, proven equal to the page in `arithmetic.py` before it is used.

For one channel, the page's function of the accumulator is a staircase: it never falls and has at most 255 steps. The
fast form below is a staircase too, because none of its passes (add a constant, multiply by a positive constant, clip,
truncate) ever falls, floating-point rounding included. Two staircases that agree at every step of the first and just
before it agree everywhere. So `fit` computes the steps from the page with integers, tries constants until the fast form
has the same steps, and gives None when none will do; then the plain form runs.

The fast form of u = y + 128 in 0..255 is

    u = truncate(clip((a + add) * mul, low, high))                                        where negatives are clamped
    u = truncate(clip(v + clip(v, center - half, center + half), low, high)), v = (a + add) * mul        otherwise

The second rounding of the page goes away from zero at ties; as the first one has rounded already, every value within
2^-(n+1) below a tie does as well. The inner clip moves positive values up and negative ones down by `half` = 2^-(n+1);
v is the real value plus `center`, half of what is to be added in the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.arithmetic import INT32_MAX, Ints, multiply
from edgekit.reference.workspace import workspace

Array = NDArray[Any]


@dataclass(frozen=True)
class Steps:
    """Constants of the fast form, one per channel and repeated `group` times, in one float type."""

    add: Array
    mul: Array
    bump: tuple[Array, Array] | None
    low: float
    high: float

    def apply(self, acc: Array, out: NDArray[np.int8]) -> None:
        """acc: (rows, group * C) floating-point accumulators without bias, overwritten. out: int8 of the same shape."""
        if acc.dtype != self.add.dtype:
            wide = workspace("steps", acc.shape, self.add.dtype)
            np.copyto(wide, acc)
            acc = wide
        np.add(acc, self.add, out=acc)
        np.multiply(acc, self.mul, out=acc)
        if self.bump is not None:
            np.add(acc, np.clip(acc, *self.bump, out=workspace("bump", acc.shape, acc.dtype)), out=acc)
        np.clip(acc, acc.dtype.type(self.low), acc.dtype.type(self.high), out=acc)
        unsigned = out.view(np.uint8)
        np.copyto(unsigned, acc, casting="unsafe")
        np.bitwise_xor(unsigned, np.uint8(128), out=unsigned)

    def repeated(self, group: int) -> Steps:
        """The same for `group` pixels in a row: long rows keep NumPy's inner loops long."""
        bump = None if self.bump is None else (np.tile(self.bump[0], group), np.tile(self.bump[1], group))
        return Steps(np.tile(self.add, group), np.tile(self.mul, group), bump, self.low, self.high)


def fit(
    m: Ints, shift: Ints, bias: Ints, zero_point: int, low: int, high: int, limit: Ints, dtype: type[np.floating[Any]]
) -> Steps | None:
    """Constants whose fast form equals the page for every accumulator of magnitude up to `limit`, or None.

    Args:
        m, shift, bias, limit: (C,); the page gets accumulator + bias.
        low, high: the int8 clamp.
        dtype: the type of the accumulators; float64 is tried after float32.
    """
    left, right = np.maximum(shift, 0), np.maximum(-shift, 0)
    fits = (limit + np.abs(bias)) <= (INT32_MAX >> left)  # no wrap-around, else it is no staircase
    if not fits.all() or high <= low:
        return None

    def page(acc: Ints) -> Ints:
        return multiply(acc + bias, m, shift) + zero_point

    levels = np.arange(low + 1, high + 1)[:, None]
    first = np.clip(_estimate(m, shift, levels - zero_point) - bias, -limit, limit + 1)
    first = np.where(page(first) < levels, np.minimum(first + 1, limit + 1), first)
    first = np.where(page(first - 1) >= levels, np.maximum(first - 1, -limit), first)
    if ((page(first) < levels) & (first <= limit)).any() or ((page(first - 1) >= levels) & (first > -limit)).any():
        return None
    signed = low < zero_point and bool((right > 0).any())
    for kind in (np.float32, np.float64):
        if np.dtype(kind).itemsize >= np.dtype(dtype).itemsize:
            found = _search(kind, m, shift, bias, zero_point, low, high, limit, first, levels + 128, signed)
            if found is not None:
                return found
    return None


def _estimate(m: Ints, shift: Ints, levels: Ints) -> Ints:
    """The smallest accumulator that reaches each level, by floating point: (levels, C), right or one off."""
    half = np.where(shift < 0, np.ldexp(1.0, np.minimum(shift, 0) - 1), 0.0)
    real = np.ldexp(np.maximum(m, 1).astype(np.float64), shift - 31)
    reached = np.ceil((levels - 0.5 - np.where(levels > 0, half, -half)) / real)
    reached = np.where(m > 0, reached, np.where(levels <= 0, -np.inf, np.inf))
    return np.clip(reached, -INT32_MAX, INT32_MAX).astype(np.int64)


def _search(
    kind: type[np.floating[Any]], m: Ints, shift: Ints, bias: Ints, zero_point: int, low: int, high: int, limit: Ints,
    first: Ints, levels: Ints, signed: bool,
) -> Steps | None:  # fmt: skip
    real = np.where(m > 0, np.ldexp(m.astype(np.float64), shift - 31), 2.0**-40)
    half = np.where(shift < 0, np.ldexp(1.0, np.minimum(shift, 0) - 1), 0.0)
    half = np.where(m > 0, half, 0.0)
    tail = zero_point + 128.5
    center = tail / 2
    constant = bias + (center if signed else half + tail) / real
    bumps = ((center - half).astype(kind), (center + half).astype(kind)) if signed else None
    add, mul, done = constant.astype(kind), real.astype(kind), np.zeros(m.size, bool)
    for ulps in (0, 1, -1, 2, -2, 3, -3):
        for move in (0.0, 0.002, -0.002, 0.005, -0.005, 0.01, -0.01, 0.02, -0.02, 0.05, -0.05):
            todo = np.flatnonzero(~done)
            if not todo.size:
                break
            a = (constant[todo] + move).astype(kind)
            f = real[todo].astype(kind)
            f = f + kind(ulps) * np.spacing(f)
            bump = None if bumps is None else (bumps[0][todo], bumps[1][todo])
            reach = _value(first[:, todo].astype(kind), a, f, bump)
            before = _value((first[:, todo] - 1).astype(kind), a, f, bump)
            good = (reach >= levels) | (first[:, todo] > limit[todo])
            good &= (before < levels) | (first[:, todo] <= -limit[todo])
            add[todo], mul[todo] = a, f
            done[todo] = good.all(axis=0)
    return Steps(add, mul, bumps, float(low + 128), float(high + 128)) if done.all() else None


def _value(acc: Array, add: Array, mul: Array, bump: tuple[Array, Array] | None) -> Array:
    """What `Steps.apply` computes before it clips."""
    value = (acc + add) * mul
    return value if bump is None else value + np.clip(value, *bump)
