"""What the accumulators of a layer can be, and proofs over that range about one channel's requantization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.arithmetic import INT32_MAX, INT32_MIN, wrap_int32

Ints = NDArray[np.int64]
Function = Callable[[Ints], Ints]


@dataclass(frozen=True)
class Reach:
    """Accumulators of sums of weights times int8 inputs, as they are: without the input's zero point.

    Attributes:
        bias: (channels), with the input's zero point folded in, int32.
        low, high: (channels), the lowest and highest accumulator that any input gives; all of int32 where it may wrap.
    """

    bias: Ints
    low: Ints
    high: Ints


def reach(weights: NDArray[Any], bias: NDArray[Any], in_zero: int) -> Reach:
    """Of weights (channels, taps)."""
    w = weights.astype(np.int64)
    folded = wrap_int32(bias.astype(np.int64) - in_zero * w.sum(1))
    low = folded + np.minimum(-128 * w, 127 * w).sum(1)
    high = folded + np.maximum(-128 * w, 127 * w).sum(1)
    whole = (low >= INT32_MIN) & (high <= INT32_MAX)
    return Reach(folded, np.where(whole, low, INT32_MIN), np.where(whole, high, INT32_MAX))


def equal(found: Function, wanted: Function, low: int, high: int) -> bool:
    """Whether two functions, neither of which ever falls, agree from `low` to `high`: they rise at the same places.

    `wanted` may have some hundreds of values, as clamped outputs do.
    """
    first = rises(wanted, low, high)
    checked = np.concatenate([first, first - 1, [low, high]])  # no rise is at the lowest
    return np.array_equal(found(checked), wanted(checked))


def rises(function: Function, low: int, high: int) -> Ints:
    """Where `function`, which never falls, rises: the first argument of each value above that at `low`."""
    values = np.arange(int(function(np.array(low))) + 1, int(function(np.array(high))) + 1)
    below, above = np.full(values.shape, low), np.full(values.shape, high)
    while np.any(above - below > 1):
        middle = (below + above) >> 1
        reached = function(middle) >= values
        below, above = np.where(reached, below, middle), np.where(reached, middle, above)
    return above
