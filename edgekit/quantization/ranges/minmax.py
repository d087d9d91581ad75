"""Min-max: the smallest and the largest value seen. Nothing is clipped; one outlier widens every step."""

from __future__ import annotations

from edgekit.quantization.ranges import Values
from edgekit.recipe import QuantizeSection


class Observer:
    """Running extremes."""

    def __init__(self, section: QuantizeSection) -> None:
        self._low, self._high = float("inf"), float("-inf")

    def update(self, values: Values) -> None:
        self._low, self._high = min(self._low, float(values.min())), max(self._high, float(values.max()))

    def range(self) -> tuple[float, float]:
        return self._low, self._high
