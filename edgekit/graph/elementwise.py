"""Shape rules shared by the elementwise operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, broadcast, present
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Unary(Operator):
    """One input of any shape; the output has the same."""

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        return [present(inputs[0], "the input").shape]


@dataclass(frozen=True)
class Binary(Operator):
    """Two inputs that broadcast as in NumPy; either may be a constant."""

    min_inputs, max_inputs = 2, 2

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        first, second = (present(t, "an input") for t in inputs)
        return [broadcast(first.shape, second.shape)]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        """An activation must have the output's axis 0; a constant must have none, or one that repeats."""
        shape = outputs[0].shape
        given = [t for t in inputs if t is not None]
        full = [len(t.shape) == len(shape) > 0 for t in given]
        return all(
            (not same or t.shape[0] == 1) if t.is_constant else (same and t.shape[0] == shape[0])
            for t, same in zip(given, full, strict=True)
        )
