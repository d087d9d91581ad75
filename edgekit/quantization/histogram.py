"""A histogram that grows with its data and depends on nothing but the values in it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

HALF = 4096  # bins on either side of 0; 2048 to 4096 of them are in use on the longer side


class Histogram:
    """Counts over equal bins whose width is a power of two and one of whose edges is 0.

    When a value falls outside, the width doubles and pairs of bins merge. Edges of wider bins are edges of narrower
    ones, so the result is the same however the data is cut into batches. Exact zeros are counted apart.

    Attributes:
        counts: int64 (2 * HALF,); bin i spans (i - HALF) * width to (i - HALF + 1) * width, left edge included.
        width: None until a value other than 0 was seen.
        zeros: how many values were exactly 0.
        low, high: the extremes.
    """

    def __init__(self) -> None:
        self.counts: NDArray[np.int64] = np.zeros(2 * HALF, np.int64)
        self.zeros = 0
        self.low, self.high = math.inf, -math.inf
        self._exponent: int | None = None

    @property
    def width(self) -> float | None:
        return None if self._exponent is None else math.ldexp(1.0, self._exponent)

    def update(self, values: NDArray[np.floating[Any]]) -> None:
        """Count finite values of any shape, at least one."""
        flat = values.reshape(-1)
        self.low, self.high = min(self.low, float(flat.min())), max(self.high, float(flat.max()))
        flat = flat[flat != 0]
        self.zeros += values.size - flat.size
        if not flat.size:
            return
        needed = math.frexp(max(abs(self.low), abs(self.high)))[1] - int(math.log2(HALF))
        if self._exponent is None:
            self._exponent = needed
        elif needed > self._exponent:
            merged = np.zeros_like(self.counts)
            np.add.at(merged, ((np.arange(2 * HALF) - HALF) >> min(needed - self._exponent, 62)) + HALF, self.counts)
            self.counts, self._exponent = merged, needed
        index = np.floor(flat.astype(np.float64) * math.ldexp(1.0, -self._exponent)).astype(np.int64) + HALF
        self.counts += np.bincount(index, minlength=2 * HALF)

    def extent(self) -> tuple[int, int]:
        """How many bins from 0 outwards are in use on the negative and on the positive side."""
        used = np.flatnonzero(self.counts)
        if not used.size:
            return 0, 0
        return max(HALF - int(used[0]), 0), max(int(used[-1]) + 1 - HALF, 0)

    def points(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Centres of the bins in use, within the extremes, with 0 among them, and their counts; ascending."""
        lefts, rights, counts = self._spans()
        return np.clip((lefts + rights) / 2, self.low, self.high), counts

    def quantile(self, share: float) -> float:
        """The value below which `share` (0..1) of all values lie, linear within a bin. Raises ValueError when empty."""
        lefts, rights, counts = self._spans()
        if not counts.size:
            raise ValueError("no data was observed")
        ends = np.cumsum(counts)
        rank = share * ends[-1]
        i = min(int(np.searchsorted(ends, rank)), counts.size - 1)
        inside = 1 - (ends[i] - rank) / counts[i]
        return float(np.clip(lefts[i] + inside * (rights[i] - lefts[i]), self.low, self.high))

    def _spans(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Left edges, right edges and counts of what is in use; exact zeros are a span of no width."""
        used = np.flatnonzero(self.counts)
        lefts = np.asarray((used - HALF) * (self.width or 0.0), np.float64)
        counts = self.counts[used].astype(np.float64)
        rights = lefts + (self.width or 0.0)
        if self.zeros:
            at = int(np.searchsorted(used, HALF))
            lefts, rights = np.insert(lefts, at, 0.0), np.insert(rights, at, 0.0)
            counts = np.insert(counts, at, float(self.zeros))
        return lefts, rights, counts
