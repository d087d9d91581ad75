"""EXPAND_DIMS: an axis of size 1 added; read as a reshape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.reshape import Reshape

BUILTIN = "EXPAND_DIMS"
OPTIONS = "ExpandDimsOptions"
OPERATOR = None


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    shape, axes = present(inputs[0], "the input").shape, codec.integers(inputs[1], "the axis")
    if len(axes) != 1:
        raise ShapeError(f"adds one axis, found {axes}")
    axis = codec.axis(axes[0], len(shape) + 1)
    return Decoded(Reshape((*shape[:axis], 1, *shape[axis:])), [0])
