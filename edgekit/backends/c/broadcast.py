"""How one operand of a two-input operator repeats over the other: what forms of such layers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.backends.c.call import Layer


@dataclass(frozen=True)
class Repeats:
    """The larger operand is (groups, rows, period), the smaller one (groups, 1, period).

    Attributes:
        large: the index of the larger operand, which has the output's shape.
    """

    large: int
    groups: int
    rows: int
    period: int

    @property
    def small(self) -> int:
        return 1 - self.large


def repeats(layer: Layer) -> Repeats | None:
    """None where operands are equally large, both are broadcast, or one is over axes apart."""
    y = layer.outputs[0]
    for large in range(2):
        small = layer.input(1 - large)
        if layer.input(large).elements == y.elements > small.elements:
            return _between(large, (1,) * (len(y.shape) - len(small.shape)) + small.shape, y.shape)
    return None


def _between(large: int, small: Sequence[int], shape: Sequence[int]) -> Repeats | None:
    sizes, part = [1, 1, 1], 0
    for s, n in zip(small, shape, strict=True):
        if n == 1:
            continue
        repeated = s == 1
        if repeated and part == 2:
            return None
        part = 1 if repeated else part and 2
        sizes[part] *= n
    groups, rows, period = sizes
    return Repeats(large, groups, rows, period)
