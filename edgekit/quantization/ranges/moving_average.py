"""Moving average: exponentially smoothed extremes of the batches, so that a single odd batch moves them little.

Source: B. Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
CVPR 2018, section 3.1. There it runs over thousands of training steps; over a few dozen calibration batches a larger
weight of the newest is needed for all of them to count.
"""

from __future__ import annotations

from edgekit.quantization.ranges import Values
from edgekit.recipe import QuantizeSection

NEWEST = 0.1  # weight of the newest batch


class Observer:
    """Smoothed extremes; starts with those of the first batch."""

    def __init__(self, section: QuantizeSection) -> None:
        self._range: tuple[float, float] | None = None

    def update(self, values: Values) -> None:
        low, high = float(values.min()), float(values.max())
        if self._range is not None:
            low = self._range[0] + NEWEST * (low - self._range[0])
            high = self._range[1] + NEWEST * (high - self._range[1])
        self._range = low, high

    def range(self) -> tuple[float, float]:
        if self._range is None:
            raise ValueError("no data was observed")
        return self._range
