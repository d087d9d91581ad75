"""QUANTIZE."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.frontend.tflite import codec
from edgekit.graph import Tensor
from edgekit.graph.ops.quantize import Quantize

BUILTIN = "QUANTIZE"
OPTIONS = "QuantizeOptions"
read, write = codec.plain(Quantize())


def version(op: Quantize, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return 2 if outputs[0].dtype == "int16" else 1
