"""TRANSPOSE_CONV. The file's inputs are the output shape, weights, activations and the optional bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.operator import present, require
from edgekit.graph.ops.transpose_conv import TransposeConv

BUILTIN = "TRANSPOSE_CONV"
OPTIONS = "TransposeConvOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    shape = codec.integers(inputs[0], "the output shape")
    require(len(inputs) >= 3 and len(shape) == 4, "an output shape of 4 dimensions and 3 inputs are needed", shape)
    x, w = present(inputs[2], "the input").shape, present(inputs[1], "the weights").shape
    agree = shape[:1] == x[:1] and shape[3:] == w[:1]
    require(agree, "batch and channels of the output shape are the input's and the weights'", shape)
    op = TransposeConv(
        output_size=(shape[1], shape[2]),
        stride=(options.StrideH(), options.StrideW()),
        padding=codec.padding(options.Padding()),
        activation=codec.activation(options.FusedActivationFunction()),
    )
    return Decoded(op, [2, 1, 3][: len(inputs) - 1])


def write(op: TransposeConv, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    options = {
        "strideH": op.stride[0],
        "strideW": op.stride[1],
        "padding": codec.padding_code(op.padding),
        "fusedActivationFunction": codec.activation_code(op.activation),
    }
    return Encoded(options, [codec.int32(outputs[0].shape), 1, 0, *range(2, len(inputs))])


def version(op: TransposeConv, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if op.activation != "none":
        return 4
    if len(inputs) > 2:
        return 3
    return 2 if codec.is_int8(inputs) else 1
