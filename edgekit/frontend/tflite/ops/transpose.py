"""TRANSPOSE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.transpose import Transpose

BUILTIN = "TRANSPOSE"
OPTIONS = "TransposeOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    rank = len(present(inputs[0], "the input").shape)
    return Decoded(Transpose(tuple(codec.axis(a, rank) for a in codec.integers(inputs[1], "the permutation"))), [0])


def write(op: Transpose, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded({}, [0, codec.int32(op.permutation)])


def version(op: Transpose, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    rank = len(op.permutation)
    if rank > 5:
        return 6
    if codec.is_int16(inputs):
        return 5
    if rank > 4:
        return 4
    return 2 if codec.is_int8(inputs[:1]) else 1
