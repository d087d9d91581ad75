"""Reshape: the same elements in row-major order under another shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Reshape(Operator):
    """One input of any shape. `shape` is static and complete: a -1 of the source model is resolved when it is read."""

    name = "reshape"

    shape: tuple[int, ...] = ()

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x = present(inputs[0], "the input")
        require(prod(self.shape) == x.elements, "a reshape keeps the number of elements", f"{x.shape} to {self.shape}")
        return [self.shape]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        return bool(self.shape) and present(inputs[0], "the input").shape[:1] == self.shape[:1]
