"""SPLIT, and SPLIT_V where the parts differ in length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.split import Split

BUILTIN = "SPLIT"
OPTIONS = "SplitOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    """Inputs in the file: the axis, then the values."""
    if len(inputs) != 2:
        raise ShapeError(f"a split takes an axis and a tensor, found {len(inputs)} inputs")
    shape, parts = present(inputs[1], "the input").shape, options.NumSplits()
    axis = codec.axis(only(inputs[0]), len(shape))
    if not 1 <= parts <= shape[axis] or shape[axis] % parts:
        raise ShapeError(f"{shape[axis]} elements do not split into {parts} equal parts")
    return Decoded(Split(axis, (shape[axis] // parts,) * parts), [1])


def only(tensor: Tensor | None) -> int:
    """The axis, a constant scalar."""
    found = codec.integers(tensor, "the axis")
    if len(found) != 1:
        raise ShapeError(f"a split has one axis, found {found}")
    return found[0]


def write(op: Split, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    options, axis = {"numSplits": len(op.sizes)}, codec.int32(op.axis)
    if len(set(op.sizes)) == 1:
        return Encoded(options, [axis, 0])
    return Encoded(options, [0, codec.int32(op.sizes), axis], builtin="SPLIT_V")


def version(op: Split, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if codec.is_int16(inputs):
        return 4
    return 2 if codec.is_int8(inputs) else 1
