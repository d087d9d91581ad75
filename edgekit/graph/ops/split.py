"""Split along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Split(Operator):
    """One input; one output per entry of `sizes`, the lengths along `axis` (not negative)."""

    name = "split"

    axis: int = 0
    sizes: tuple[int, ...] = ()

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x = present(inputs[0], "the input").shape
        require(0 <= self.axis < len(x), "the axis is one of the input's", f"axis {self.axis} of {x}")
        require(bool(self.sizes) and min(self.sizes) >= 1, "every part has at least one element", self.sizes)
        require(sum(self.sizes) == x[self.axis], "the parts make up the axis", f"{self.sizes} of {x[self.axis]}")
        return [(*x[: self.axis], size, *x[self.axis + 1 :]) for size in self.sizes]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        return self.axis != 0
