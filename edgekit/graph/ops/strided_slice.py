"""Strided slice: part of every axis, forwards or backwards, with axes dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.graph.operator import Operator, Shape, present, require
from edgekit.graph.tensor import Tensor


@dataclass(frozen=True)
class StridedSlice(Operator):
    """One input. The source model's masks, offsets and negative indices are resolved when it is read.

    Attributes:
        begin: the first index on every axis, 0 <= begin < size.
        end: the index before which the walk stops; -1 stops behind index 0 of a backward walk, never "the last".
        strides: the steps, not 0; negative ones walk backwards.
        shrink_axes: axes of the input that the output lacks; one element of them is taken.
    """

    name = "strided_slice"

    begin: tuple[int, ...] = ()
    end: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()
    shrink_axes: tuple[int, ...] = ()

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        x = present(inputs[0], "the input").shape
        counts = {len(self.begin), len(self.end), len(self.strides)}
        require(counts == {len(x)}, "begin, end and strides have one value per axis", f"{counts} for {x}")
        require(0 not in self.strides, "strides are not 0", self.strides)
        for size, begin, end in zip(x, self.begin, self.end, strict=True):
            require(0 <= begin < size and -1 <= end <= size, "the slice lies within the input", f"{self} of {x}")
        taken = [len(range(*ends)) for ends in zip(self.begin, self.end, self.strides, strict=True)]
        require(all(taken), "the slice is not empty", f"{taken} elements of {x}")
        require(all(0 <= a < len(x) and taken[a] == 1 for a in self.shrink_axes), "one element of each dropped axis",
                f"axes {self.shrink_axes} of {taken}")  # fmt: skip
        return [tuple(size for axis, size in enumerate(taken) if axis not in self.shrink_axes)]

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        x = present(inputs[0], "the input").shape
        whole = bool(x) and (self.begin[0], self.end[0], self.strides[0]) == (0, x[0], 1)
        return whole and 0 not in self.shrink_axes
