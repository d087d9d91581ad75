"""Constant padding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Pad(Operator):
    """One input of any shape.

    Attributes:
        paddings: (before, after) for every axis, none negative.
        value: what fills the border, in real units; an integer graph takes its integer in the output's quantization,
            which for 0.0 is the output's zero point.
    """

    name = "pad"

    paddings: tuple[tuple[int, int], ...] = ()
    value: float = 0.0

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x = present(inputs[0], "the input").shape
        require(len(self.paddings) == len(x), "every axis has a padding", f"{len(self.paddings)} for {x}")
        require(all(min(p) >= 0 for p in self.paddings), "paddings are not negative", self.paddings)
        return [tuple(d + before + after for d, (before, after) in zip(x, self.paddings, strict=True))]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        return bool(self.paddings) and self.paddings[0] == (0, 0)
