"""SLICE: begin and size on every axis; read as a strided slice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.strided_slice import StridedSlice

BUILTIN = "SLICE"
OPTIONS = "SliceOptions"
OPERATOR = None


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    shape = present(inputs[0], "the input").shape
    begin, size = (codec.integers(t, "begin and size") for t in inputs[1:3])
    if not len(begin) == len(size) == len(shape):
        raise ShapeError(f"begin and size have one value per axis of {shape}, found {begin} and {size}")
    end = tuple(d if s == -1 else b + s for d, b, s in zip(shape, begin, size, strict=True))
    return Decoded(StridedSlice(begin, end, (1,) * len(shape)), [0])
