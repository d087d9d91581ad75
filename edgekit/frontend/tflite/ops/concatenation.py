"""CONCATENATION."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.concatenation import Concatenation

BUILTIN = "CONCATENATION"
OPTIONS = "ConcatenationOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    if options.FusedActivationFunction() != 0:
        raise codec.Unsupported("a fused activation on a concatenation: no runtime computes one")
    rank = len(present(inputs[0], "the input").shape)
    return Decoded(Concatenation(codec.axis(options.Axis(), rank)), range(len(inputs)))


def write(op: Concatenation, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded({"axis": op.axis}, range(len(inputs)))


def version(op: Concatenation, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return codec.int8_from_version_2(op, inputs[:1], outputs)
