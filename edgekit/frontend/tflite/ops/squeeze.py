"""SQUEEZE: axes of size 1 dropped; read as a reshape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.reshape import Reshape

BUILTIN = "SQUEEZE"
OPTIONS = "SqueezeOptions"
OPERATOR = None


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    shape = present(inputs[0], "the input").shape
    count = 0 if options is None else options.SqueezeDimsLength()
    if not 0 <= count <= 8:
        raise ShapeError(f"drops {count} axes of {shape}")
    dropped = {codec.axis(int(options.SqueezeDims(i)), len(shape)) for i in range(count)}
    if not count:
        dropped = {axis for axis, size in enumerate(shape) if size == 1}
    return Decoded(Reshape(tuple(size for axis, size in enumerate(shape) if axis not in dropped)), [0])
