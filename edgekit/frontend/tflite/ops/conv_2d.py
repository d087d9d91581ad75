"""CONV_2D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.ops.conv_2d import Conv2D

BUILTIN = "CONV_2D"
OPTIONS = "Conv2DOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    op = Conv2D(
        stride=(options.StrideH(), options.StrideW()),
        dilation=(options.DilationHFactor(), options.DilationWFactor()),
        padding=codec.padding(options.Padding()),
        activation=codec.activation(options.FusedActivationFunction()),
    )
    return Decoded(op, range(len(inputs)))


def write(op: Conv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    options = {
        "strideH": op.stride[0],
        "strideW": op.stride[1],
        "dilationHFactor": op.dilation[0],
        "dilationWFactor": op.dilation[1],
        "padding": codec.padding_code(op.padding),
        "fusedActivationFunction": codec.activation_code(op.activation),
    }
    return Encoded(options, range(len(inputs)))


def version(op: Conv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if codec.is_int16(inputs):
        return 4
    return 3 if codec.is_int8(inputs) else 1
