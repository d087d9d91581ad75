"""Transposition: the axes in another order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class Transpose(Operator):
    """One input. Axis i of the output is axis `permutation[i]` of the input, as in `numpy.transpose`."""

    name = "transpose"

    permutation: tuple[int, ...] = ()

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x = present(inputs[0], "the input").shape
        require(sorted(self.permutation) == [*range(len(x))], "a permutation of all axes", f"{self.permutation} of {x}")
        return [tuple(x[i] for i in self.permutation)]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        return self.permutation[:1] == (0,)
