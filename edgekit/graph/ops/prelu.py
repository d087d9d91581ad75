"""Leaky rectifier with slopes as a tensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.elementwise import Binary
from edgekit.graph.operator import Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Prelu(Binary):
    """Inputs: x and alpha, which broadcasts to the shape of x. x where it is positive, alpha * x elsewhere."""

    name = "prelu"

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        (shape,) = super().infer(inputs)
        require(shape == present(inputs[0], "the input").shape, "alpha must broadcast to the input", shape)
        return [shape]
