"""Leaky rectifier."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.elementwise import Unary
from edgekit.graph.operator import Shape, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class LeakyRelu(Unary):
    """x where it is positive, alpha * x elsewhere; any alpha."""

    name = "leaky_relu"

    alpha: float = 0.01

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        require(math.isfinite(self.alpha), "alpha is finite", self.alpha)
        return super().infer(inputs)
