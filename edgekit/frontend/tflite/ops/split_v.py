"""SPLIT_V: parts of given lengths. Written by the codec of `split`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded
from edgekit.frontend.tflite.ops.split import only
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.split import Split

BUILTIN = "SPLIT_V"
OPTIONS = "SplitVOptions"
OPERATOR = None


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    """Inputs in the file: the values, the lengths (one may be -1: the rest), the axis."""
    if len(inputs) != 3:
        raise ShapeError(f"takes a tensor, lengths and an axis, found {len(inputs)} inputs")
    shape = present(inputs[0], "the input").shape
    axis, sizes = codec.axis(only(inputs[2]), len(shape)), codec.integers(inputs[1], "the lengths")
    if sizes.count(-1) == 1:
        rest = shape[axis] - sum(sizes) - 1
        sizes = tuple(rest if size == -1 else size for size in sizes)
    return Decoded(Split(axis, sizes), [0])


def version(op: Split, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return 2 if codec.is_int8(inputs) else 1
