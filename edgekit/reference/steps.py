"""Requantization in a few floating-point passes, proven equal to the page in `arithmetic.py` before it is used.

For one channel, the page's function of the accumulator is a staircase: it never falls and has at most 255 steps. The
fast form below is a staircase too, because none of its passes (add a constant, multiply by a positive constant, clip,
truncate) ever falls, floating-point rounding included. Two staircases that agree at every step of the first and just
before it agree everywhere. So `fit` computes the steps from the page with integers, tries constants until the fast form
has the same steps, and gives None when none will do; then the plain form runs.

The fast form of u = y + 128 in 0..255 is

    u = truncate(clip((a + add) * mul, low, high))                                        where negatives are clamped
    u = truncate(clip(v + clip(v, center - half, center + half), low, high)), v = (a + add) * mul        otherwise

and is one more at the accumulators listed in `missed`: where float32 puts a step one accumulator too late.

The second rounding of the page goes away from zero at ties; as the first one has rounded already, every value within
2^-(n+1) below a tie does as well. The inner clip moves positive values up and negative ones down by `half` = 2^-(n+1);
v is the real value plus `center`, half of what is to be added in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.arithmetic import INT32_MAX, Ints, multiply
from edgekit.reference.workspace import workspace

Array = NDArray[Any]
PIECE = 1 << 15  # accumulators at once: few enough for the caches
MISSES = 3  # accumulators per channel at which the fast form may be one too low


@dataclass(frozen=True)
class Steps:
    """Constants of the fast form, one per channel and repeated `group` times, in one float type."""

    add: Array
    mul: Array
    bump: tuple[Array, Array] | None
    missed: tuple[Array, ...]
    low: float
    high: float

    def apply(self, acc: Array, out: NDArray[np.int8]) -> None:
        """acc: (rows, group * C) floating-point accumulators without bias, overwritten. out: int8 of the same shape."""
        width = acc.shape[-1]
        rows = max(1, PIECE // width)
        for start in range(0, len(acc), rows):
            self._apply(acc[start : start + rows], out[start : start + rows].view(np.uint8))

    def _apply(self, acc: Array, out: NDArray[np.uint8]) -> None:
        if acc.dtype != self.add.dtype:
            wide = workspace("steps", acc.shape, self.add.dtype)
            np.copyto(wide, acc)
            acc = wide
        one_more = workspace("missed", (2, *acc.shape), np.bool_)
        for i, missed in enumerate(self.missed):
            np.equal(acc, missed, out=one_more[min(i, 1)])
            if i:
                np.logical_or(one_more[0], one_more[1], out=one_more[0])
        np.add(acc, self.add, out=acc)
        np.multiply(acc, self.mul, out=acc)
        if self.bump is not None:
            bump = np.maximum(acc, self.bump[0], out=workspace("bump", acc.shape, acc.dtype))
            np.add(acc, np.minimum(bump, self.bump[1], out=bump), out=acc)  # np.clip is slow with array bounds
        np.clip(acc, acc.dtype.type(self.low), acc.dtype.type(self.high), out=acc)
        np.copyto(out, acc, casting="unsafe")
        if self.missed:
            np.add(out, one_more[0].view(np.uint8), out=out)
        np.bitwise_xor(out, np.uint8(128), out=out)

    def repeated(self, group: int) -> Steps:
        """The same for `group` pixels in a row: long rows keep NumPy's inner loops long."""
        bump = None if self.bump is None else (np.tile(self.bump[0], group), np.tile(self.bump[1], group))
        missed = tuple(np.tile(row, group) for row in self.missed)
        return Steps(np.tile(self.add, group), np.tile(self.mul, group), bump, missed, self.low, self.high)


def fit(
    m: Ints, shift: Ints, bias: Ints, zero_point: int, low: int, high: int, limit: Ints, dtype: type[np.floating[Any]]
) -> Steps | None:
    """Constants whose fast form equals the page for every accumulator of magnitude up to `limit`, or None.

    Args:
        m, shift, bias, limit: (C,); the page gets accumulator + bias.
        low, high: the int8 clamp.
        dtype: the type of the accumulators; float64 is tried after float32.
    """
    staircase = first_reaching(m, shift, bias, zero_point, low, high, limit)
    if staircase is None:
        return None
    first, page = staircase
    levels = np.arange(low + 1, high + 1)[:, None]
    signed = low < zero_point and bool((shift < 0).any())
    stairs = _Stairs(first, levels + 128, np.clip(page(first), low, high) + 128, limit)
    for kind in (np.float32, np.float64):
        if np.dtype(kind).itemsize >= np.dtype(dtype).itemsize:
            found = _search(kind, m, shift, bias, zero_point, low, high, stairs, signed)
            if found is not None:
                return found
    return None


def first_reaching(
    m: Ints, shift: Ints, bias: Ints, zero_point: int, low: int, high: int, limit: Ints
) -> tuple[Ints, Callable[[Ints], Ints]] | None:
    """The page as a staircase: the smallest accumulator that reaches each level, and the page before its clamp.

    None where the accumulators wrap around, so that the page is no staircase. Arguments as of `fit`.

    Returns:
        (high - low, C) for the levels low + 1 to high: -limit where all accumulators reach it, limit + 1 where none do.
    """
    if not ((limit + np.abs(bias)) <= (INT32_MAX >> np.maximum(shift, 0))).all() or high <= low:
        return None

    def page(acc: Ints) -> Ints:
        return multiply(acc + bias, m, shift) + zero_point

    levels = np.arange(low + 1, high + 1)[:, None]
    first = np.clip(_estimate(m, shift, levels - zero_point) - bias, -limit, limit + 1)
    first = np.where(page(first) < levels, np.minimum(first + 1, limit + 1), first)
    first = np.where(page(first - 1) >= levels, np.maximum(first - 1, -limit), first)
    if ((page(first) < levels) & (first <= limit)).any() or ((page(first - 1) >= levels) & (first > -limit)).any():
        return None
    return first, page


@dataclass(frozen=True)
class _Stairs:
    """The page's staircase in the domain of u. first: (levels, C) where each level is reached; exact: u there."""

    first: Ints
    levels: Ints
    exact: Ints
    limit: Ints

    def of(self, channels: Ints) -> _Stairs:
        return _Stairs(self.first[:, channels], self.levels, self.exact[:, channels], self.limit[channels])

    def missed(self, value: Callable[[Ints], Array]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Where the fast form is one step late (levels, C), and which channels it misses in no other way (C,)."""
        inside = self.first <= self.limit
        reach, after = value(self.first), value(self.first + 1)
        late = inside & (reach < self.levels)
        early = (self.first > -self.limit) & (value(self.first - 1) >= self.levels)
        mended = (reach >= self.levels - 1) & (self.exact == self.levels)
        mended &= (after >= self.levels) | (self.first + 1 > self.limit)
        return late, ~(early | (late & ~mended)).any(axis=0)


def _estimate(m: Ints, shift: Ints, levels: Ints) -> Ints:
    """The smallest accumulator that reaches each level, by floating point: (levels, C), right or one off."""
    half = np.where(shift < 0, np.ldexp(1.0, np.minimum(shift, 0) - 1), 0.0)
    real = np.ldexp(np.maximum(m, 1).astype(np.float64), shift - 31)
    reached = np.ceil((levels - 0.5 - np.where(levels > 0, half, -half)) / real)
    reached = np.where(m > 0, reached, np.where(levels <= 0, -np.inf, np.inf))
    return np.clip(reached, -INT32_MAX, INT32_MAX).astype(np.int64)


def _search(
    kind: type[np.floating[Any]], m: Ints, shift: Ints, bias: Ints, zero_point: int, low: int, high: int,
    stairs: _Stairs, signed: bool,
) -> Steps | None:  # fmt: skip
    real = np.where(m > 0, np.ldexp(m.astype(np.float64), shift - 31), 2.0**-40)
    half = np.where((m > 0) & (shift < 0), np.ldexp(1.0, np.minimum(shift, 0) - 1), 0.0)
    tail = zero_point + 128.5
    center = tail / 2
    constant = bias + (center if signed else half + tail) / real
    bumps = ((center - half).astype(kind), (center + half).astype(kind)) if signed else None
    add, mul = constant.astype(kind), real.astype(kind)
    fewest = np.full(m.size, MISSES + 1)
    for ulps in (0, 1, -1, 2, -2, 3, -3):
        for move in (0.0, -0.002, 0.002, -0.005, 0.005, -0.01, 0.01, -0.02, 0.02, -0.05, 0.05):
            todo = np.flatnonzero(fewest)
            if not todo.size:
                break
            a = (constant[todo] + move).astype(kind)
            f = real[todo].astype(kind)
            f = f + kind(ulps) * np.spacing(f)
            bump = None if bumps is None else (bumps[0][todo], bumps[1][todo])
            late, sound = stairs.of(todo).missed(_form(a, f, bump))
            count = np.where(sound, late.sum(axis=0), MISSES + 1)
            better = count < fewest[todo]
            add[todo[better]], mul[todo[better]], fewest[todo[better]] = a[better], f[better], count[better]
    if (fewest > MISSES).any():
        return None
    late, _ = stairs.missed(_form(add, mul, bumps))
    rows = np.full((int(fewest.max(initial=0)), m.size), np.nan, kind)
    for channel in np.flatnonzero(fewest):
        rows[: fewest[channel], channel] = stairs.first[late[:, channel], channel]
    return Steps(add, mul, bumps, tuple(rows), float(low + 128), float(high + 128))


def _form(add: Array, mul: Array, bump: tuple[Array, Array] | None) -> Callable[[Ints], Array]:
    """What `Steps.apply` computes before it clips."""

    def value(acc: Ints) -> Array:
        linear = (acc.astype(add.dtype) + add) * mul
        return linear if bump is None else linear + np.clip(linear, *bump)

    return value
