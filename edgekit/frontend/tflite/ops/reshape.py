"""RESHAPE. The shape comes from the second input, from the options, or from the output, in this order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.reshape import Reshape

BUILTIN = "RESHAPE"
OPTIONS = "ReshapeOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    if len(inputs) > 1 and inputs[1] is not None:
        shape = codec.integers(inputs[1], "the new shape")
    elif options is not None and 0 < options.NewShapeLength() <= 8:
        shape = tuple(int(options.NewShape(i)) for i in range(options.NewShapeLength()))
    else:
        raise ShapeError("the new shape is missing")
    return Decoded(Reshape(_complete(shape, present(inputs[0], "the input").elements)), [0])


def _complete(shape: tuple[int, ...], elements: int) -> tuple[int, ...]:
    known = 1
    for size in shape:
        known *= size if size != -1 else 1
    if shape.count(-1) > 1 or (-1 in shape and (known <= 0 or elements % known)):
        raise ShapeError(f"cannot complete the shape {shape} for {elements} elements")
    return tuple(elements // known if size == -1 else size for size in shape)


def write(op: Reshape, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded({"newShape": list(op.shape)}, [0, codec.int32(op.shape)])
