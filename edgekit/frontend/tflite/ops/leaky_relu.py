"""LEAKY_RELU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.ops.leaky_relu import LeakyRelu

BUILTIN = "LEAKY_RELU"
OPTIONS = "LeakyReluOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    return Decoded(LeakyRelu(alpha=0.0 if options is None else float(options.Alpha())), [0])


def write(op: LeakyRelu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    return Encoded({"alpha": op.alpha})


def version(op: LeakyRelu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    return 2 if codec.is_int16(inputs) else 1
