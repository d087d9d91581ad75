"""QuantizeLinear of constants and of activations to 8 bits or int16."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.quantized import parameters, quantize


def emit(importer: Importer, node: OnnxNode) -> None:
    if node.attribute("block_size", 0):
        raise node.unsupported("blocked quantization is not supported", "quantize per tensor or per channel")
    shape = importer.shape(node.inputs[0])
    found, kind = parameters(importer, node, 1, 2, shape, node.attribute("axis", 1))
    value = importer.value(node.inputs[0])
    if isinstance(value, str):
        if kind == "int32":
            raise node.unsupported("activations are quantized to 8 bits or int16, found int32")
        quantize(importer, node, node.inputs[0], found, kind)
        return
    where = [1] * len(shape)
    if found.axis is not None:
        where[found.axis] = -1
    elif not shape:
        where = []
    scale, zero = found.scale.reshape(where), found.zero_point.reshape(where)
    info = np.iinfo("int8" if kind == "uint8" else kind)
    # Rounded half to even, as the standard says; activations meet the kernel's own rounding instead.
    integers = np.clip(np.rint(value.real().astype(np.float32) / scale) + zero, info.min, info.max)
    node.require(bool(np.isfinite(integers).all()), "the constant must be finite")
    back = integers + 128 if kind == "uint8" else integers
    importer.bind(node.outputs[0], back.astype(kind))
