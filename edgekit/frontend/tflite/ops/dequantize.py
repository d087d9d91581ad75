"""DEQUANTIZE."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.frontend.tflite import codec
from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.dequantize import Dequantize

BUILTIN = "DEQUANTIZE"
OPTIONS = "DequantizeOptions"
read, write = codec.plain(Dequantize())


def version(op: Dequantize, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return {"int8": 2, "int16": 3}.get(present(inputs[0], "the input").dtype, 1)
