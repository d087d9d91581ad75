"""MEAN. The axes are the second input; negative and repeated ones are put in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.ops.mean import Mean

BUILTIN = "MEAN"
OPTIONS = "ReducerOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    return Decoded(Mean(codec.axes(inputs), options is not None and bool(options.KeepDims())), [0])


def write(op: Mean, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded({"keepDims": op.keep_dims}, [0, codec.int32(op.axes)])


def version(op: Mean, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return codec.int8_from_version_2(op, inputs, outputs)
