"""MatMul with a constant second matrix: a fully connected layer over the last axis."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.fully_connected import FullyConnected


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    node.require(all(a.ndim == 2 for a in arrays) and sum(a.size for a in arrays) < 1 << 22, "takes small matrices")
    return [np.matmul(*arrays)]


def emit(importer: Importer, node: OnnxNode) -> None:
    weights = importer.value(node.inputs[1])
    if isinstance(weights, str):
        raise node.unsupported("the second matrix must be constant, found a value computed at run time",
                               "products of two activations are not supported")  # fmt: skip
    x, shape = importer.shape(node.inputs[0]), weights.array.shape
    if len(shape) != 2 or not x:
        raise node.unsupported(f"takes one matrix as second operand, found shape {shape}")
    node.require(x[-1] == shape[0], "inner dimensions must agree", f"{x} and {shape}")
    name = node.outputs[0]
    rows = importer.tensor(node.inputs[0])
    rows = importer.reshape(rows, (int(np.prod(x[:-1])), x[-1]), f"{name}_rows")
    matrix = importer.add_constant(weights.transposed((1, 0)), node.inputs[1])
    result = importer.emit(FullyConnected(), [rows, matrix], name, dtype="float32")
    importer.bind(name, importer.reshape(result, (*x[:-1], shape[1]), f"{name}_shaped"))
