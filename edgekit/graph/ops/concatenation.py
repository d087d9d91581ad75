"""Concatenation along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Concatenation(Operator):
    """Any number of inputs that agree in every axis but `axis` (not negative).

    There is no fused activation: no runtime here computes one. In an integer graph all inputs and the output have the
    same quantization: integers are copied, never rescaled.
    """

    name = "concatenation"
    min_inputs, max_inputs = 1, None

    axis: int = 0

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        shapes = [present(t, "an input").shape for t in inputs]
        first = shapes[0]
        require(0 <= self.axis < len(first), "the axis is one of the input's", f"axis {self.axis} of {first}")
        rest = {(len(s), s[: self.axis], s[self.axis + 1 :]) for s in shapes}
        require(len(rest) == 1, "inputs agree in every axis but the joined one", shapes)
        return [(*first[: self.axis], sum(s[self.axis] for s in shapes), *first[self.axis + 1 :])]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        return self.axis != 0 and not any(t is not None and t.is_constant for t in inputs)
