"""What pooling operators share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Activation, Operator, Padding, Shape, pooled, present
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Pool2D(Operator):
    """One input (N, H, W, C), output (N, Ho, Wo, C). Attributes: window and stride as (vertical, horizontal)."""

    window: tuple[int, int] = (2, 2)
    stride: tuple[int, int] = (2, 2)
    padding: Padding = "valid"
    activation: Activation = "none"

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        return [pooled(present(inputs[0], "the input").shape, self.window, self.stride, self.padding)]
