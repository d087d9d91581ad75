"""Cast of constants; of activations only where the type stays float32."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, Importer
from edgekit.frontend.onnx.node import OnnxNode

TYPES = {1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
         10: "float16", 11: "float64", 12: "uint32", 13: "uint64"}  # fmt: skip
"""ONNX's TensorProto.DataType."""


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    kind = TYPES.get(node.attribute("to", 0))
    if kind is None:
        raise node.unsupported("casts to an unsupported type")
    return [arrays[0].astype(np.dtype(kind))]


def emit(importer: Importer, node: OnnxNode) -> None:
    value = importer.tensor(node.inputs[0])
    if TYPES.get(node.attribute("to", 0)) != "float32" or importer.graph.tensors[value].dtype != "float32":
        raise node.unsupported("casts of activations are not supported", "keep the network in float32")
    importer.bind(node.outputs[0], value)
