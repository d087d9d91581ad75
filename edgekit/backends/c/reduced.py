"""Reductions over axes next to each other: what forms of them share."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from edgekit.backends.c.call import Layer
from edgekit.graph.ops._reduction import Reduction


@dataclass(frozen=True)
class Reduced:
    """The input is (outer, terms, inner), the output (outer, inner)."""

    outer: int
    terms: int
    inner: int
    in_zero: int
    out_zero: int

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and highest sum of differences from the input's zero point."""
        return self.terms * (-128 - self.in_zero), self.terms * (127 - self.in_zero)

    @property
    def clamp(self) -> tuple[int, int]:
        """Of the output, less its zero point."""
        return -128 - self.out_zero, 127 - self.out_zero


def reduced(layer: Layer) -> Reduced | None:
    """None where the axes are apart."""
    assert isinstance(layer.op, Reduction)
    x, y = layer.input(0), layer.outputs[0]
    axes = [d for d in layer.op.axes if x.shape[d] > 1]
    if not axes or prod(x.shape[min(axes) : max(axes) + 1]) != prod(x.shape[d] for d in axes):
        return None
    terms = prod(x.shape[d] for d in axes)
    inner = prod(x.shape[max(axes) + 1 :])
    return Reduced(x.elements // terms // inner, terms, inner, x.zero_point, y.zero_point)
