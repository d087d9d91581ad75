"""SOFTMAX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.ops.softmax import Softmax

BUILTIN = "SOFTMAX"
OPTIONS = "SoftmaxOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    return Decoded(Softmax(beta=float(options.Beta()) if options is not None else 1.0), [0])


def write(op: Softmax, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded({"beta": op.beta})


def version(op: Softmax, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return codec.int8_from_version_2(op, inputs, outputs)
