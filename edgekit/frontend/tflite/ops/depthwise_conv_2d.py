"""DEPTHWISE_CONV_2D. The depth multiplier of the options is what the shapes say; it is written for old readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D

BUILTIN = "DEPTHWISE_CONV_2D"
OPTIONS = "DepthwiseConv2DOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    op = DepthwiseConv2D(
        stride=(options.StrideH(), options.StrideW()),
        dilation=(options.DilationHFactor(), options.DilationWFactor()),
        padding=codec.padding(options.Padding()),
        activation=codec.activation(options.FusedActivationFunction()),
    )
    return Decoded(op, range(len(inputs)))


def write(op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    options = {
        "strideH": op.stride[0],
        "strideW": op.stride[1],
        "dilationHFactor": op.dilation[0],
        "dilationWFactor": op.dilation[1],
        "depthMultiplier": outputs[0].shape[3] // present(inputs[0], "input").shape[3],
        "padding": codec.padding_code(op.padding),
        "fusedActivationFunction": codec.activation_code(op.activation),
    }
    return Encoded(options, range(len(inputs)))


def version(op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if codec.is_int16(inputs):
        return 5
    if codec.is_int8(inputs):
        return 3
    return 2 if op.dilation != (1, 1) else 1
