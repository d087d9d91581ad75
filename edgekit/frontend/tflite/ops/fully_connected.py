"""FULLY_CONNECTED. Only the plain weights format is read; the shuffled one belongs to uint8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.fully_connected import FullyConnected

BUILTIN = "FULLY_CONNECTED"
OPTIONS = "FullyConnectedOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    if options.WeightsFormat() != 0:
        raise ShapeError(f"weights format {options.WeightsFormat()} is not supported")
    op = FullyConnected(bool(options.KeepNumDims()), codec.activation(options.FusedActivationFunction()))
    return Decoded(op, range(len(inputs)))


def write(op: FullyConnected, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    options = {
        "keepNumDims": op.keep_num_dims,
        "fusedActivationFunction": codec.activation_code(op.activation),
    }
    return Encoded(options, range(len(inputs)))


def version(op: FullyConnected, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    weights = present(inputs[1], "weights")
    if weights.dtype == "int8" and weights.quantization is not None and weights.quantization.scale.size > 1:
        return 12
    if codec.is_int16(inputs):
        return 7
    if len(inputs) == 2:
        return 6
    if op.keep_num_dims:
        return 5
    return 4 if codec.is_int8(inputs) else 1
