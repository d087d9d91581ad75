"""What resizing operators share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Resize(Operator):
    """Input (N, H, W, C), output (N, *size, C).

    Attributes:
        size: height and width of the output.
        align_corners: the centres of the corner pixels fall on each other.
        half_pixel_centers: pixel centres lie at 0.5, 1.5, ...
    """

    size: tuple[int, int] = (1, 1)
    align_corners: bool = False
    half_pixel_centers: bool = False

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x = present(inputs[0], "the input").shape
        require(len(x) == 4, "the input has 4 dimensions", x)
        require(len(self.size) == 2 and min(self.size) >= 1, "the new size is a positive height and width", self.size)
        require(not (self.align_corners and self.half_pixel_centers), "corners or half pixels are aligned, not both")
        return [(x[0], *self.size, x[3])]
