"""MAX_POOL_2D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.ops.max_pool_2d import MaxPool2D

BUILTIN = "MAX_POOL_2D"
OPTIONS = "Pool2DOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    return Decoded(MaxPool2D(**codec.pool(options)), [0])


def write(op: MaxPool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded(codec.pool_options(op.window, op.stride, op.padding, op.activation))


def version(op: MaxPool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return codec.int8_from_version_2(op, inputs, outputs)
