"""PADV2: PAD with the border's value as its third input. Written by the codec of `pad`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded
from edgekit.frontend.tflite.ops import pad
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.ops.pad import Pad
from edgekit.reference import dequantize_array

BUILTIN = "PADV2"
OPTIONS = "PadV2Options"
OPERATOR = None

version = pad.version


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    border = codec.constant(inputs[2], "the border's value")
    if border.size != 1 or inputs[2] is None:
        raise ShapeError(f"the border has one value, found {border.size}")
    return Decoded(Pad(pad.paddings(inputs), float(dequantize_array(border, inputs[2]).reshape(-1)[0])), [0])
