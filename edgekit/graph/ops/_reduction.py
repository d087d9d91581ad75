"""What reductions over axes share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, reduced
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Reduction(Operator):
    """One input of any shape. `axes` are increasing and not negative; `keep_dims` leaves them with length 1."""

    axes: tuple[int, ...] = ()
    keep_dims: bool = False

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        return [reduced(present(inputs[0], "the input").shape, self.axes, self.keep_dims)]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        return 0 not in self.axes
