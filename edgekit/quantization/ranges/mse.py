"""MSE: the range whose int8 grid has the least mean squared error over everything seen, rounding and clipping together.

Both ends shrink independently from the extremes towards 0: a grid over the two factors, then finer grids around the
best. The error of a candidate is that of quantizing every bin of a histogram; the extremes themselves are a candidate,
so the result is never worse than min-max but for the width of a bin. Compare W. Sung et al., "Resiliency of Deep Neural
Networks under Quantization", 2015, and R. Banner et al., "Post-training 4-bit quantization of convolutional networks",
NeurIPS 2019, who solve for it on fitted distributions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.quantization.histogram import Histogram
from edgekit.quantization.ranges import Values
from edgekit.recipe import QuantizeSection

COARSE = 16  # factors 1/16, 2/16, ... 1 for either end
REFINEMENTS = (4, 16, 64)  # each grid is this many times finer than the first


class Observer:
    """Search over a histogram."""

    def __init__(self, section: QuantizeSection) -> None:
        self._histogram = Histogram()

    def update(self, values: Values) -> None:
        self._histogram.update(values)

    def range(self) -> tuple[float, float]:
        points, counts = self._histogram.points()
        low, high = min(self._histogram.low, 0.0), max(self._histogram.high, 0.0)
        if low == high:
            return low, high
        start = np.arange(1, COARSE + 1) / COARSE
        best = _best(points, counts, low, high, start, start)
        for finer in REFINEMENTS:
            around = [np.clip(f + np.arange(-4, 5) / (COARSE * finer), 1 / COARSE, 1) for f in best]
            best = _best(points, counts, low, high, *around)
        return low * best[0], high * best[1]


def _best(
    points: NDArray[np.float64], counts: NDArray[np.float64], low: float, high: float,
    low_factors: NDArray[np.float64], high_factors: NDArray[np.float64],
) -> tuple[float, float]:  # fmt: skip
    """The pair of factors with the least squared error; an end at 0 has nothing to choose."""
    lows = np.unique(low_factors) if low < 0 else np.ones(1)
    highs = np.unique(high_factors) if high > 0 else np.ones(1)
    errors = np.array([_errors(points, counts, low * a, high * highs) for a in lows])
    row, column = np.unravel_index(int(errors.argmin()), errors.shape)
    return float(lows[row]), float(highs[column])


def _errors(
    points: NDArray[np.float64], counts: NDArray[np.float64], low: float, highs: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum of squared errors of the int8 grids over low..highs[k], for every k, as lowering would build them."""
    scale = ((highs - low) / 255)[:, None]
    zero = np.clip(np.rint(-128 - low / scale), -128, 127)
    grid = np.clip(np.rint(points / scale) + zero, -128, 127)
    gap = (grid - zero) * scale - points
    return np.asarray(np.square(gap, out=gap) @ counts)
