"""Softmax over the last axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Softmax(Operator):
    """One input (..., C); exp(beta * x) normalized over C."""

    name = "softmax"

    beta: float = 1.0

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x = present(inputs[0], "the input")
        require(0 < self.beta < float("inf"), "beta is positive and finite", self.beta)
        require(len(x.shape) >= 1, "softmax needs at least one dimension", x.shape)
        return [x.shape]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        return len(outputs[0].shape) >= 2
