"""Percentile: both tails are cut at the same share of values, `[quantize] percentile` (99.99 cuts 0.01 % on each side).

The quantiles come from a histogram and are right within one of its bins, at most 1/2048 of the largest magnitude.
"""

from __future__ import annotations

from edgekit.quantization.histogram import Histogram
from edgekit.quantization.ranges import Values
from edgekit.recipe import QuantizeSection


class Observer:
    """Quantiles of a histogram."""

    def __init__(self, section: QuantizeSection) -> None:
        self._histogram, self._share = Histogram(), section.percentile / 100

    def update(self, values: Values) -> None:
        self._histogram.update(values)

    def range(self) -> tuple[float, float]:
        return self._histogram.quantile(1 - self._share), self._histogram.quantile(self._share)
