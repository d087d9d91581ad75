"""Gemm with constant B: a fully connected layer."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Constant, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Quantization
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.fully_connected import FullyConnected


def emit(importer: Importer, node: OnnxNode) -> None:
    if node.attribute("transA", 0):
        raise node.unsupported("transA is not supported")
    alpha, beta = node.attribute("alpha", 1.0), node.attribute("beta", 1.0)
    weights = importer.value(node.inputs[1])
    if isinstance(weights, str):
        raise node.unsupported("the second matrix must be constant, found a value computed at run time")
    x, shape = importer.shape(node.inputs[0]), weights.array.shape
    node.require(len(x) == 2 and len(shape) == 2, "takes matrices", f"{x} and {shape}")
    if not node.attribute("transB", 0):
        weights = weights.transposed((1, 0))
    if alpha != 1.0:
        weights = Constant((weights.real() * np.float32(alpha)).astype(np.float32))
    inputs = [importer.tensor(node.inputs[0]), importer.add_constant(weights, node.inputs[1])]
    units = weights.array.shape[0]
    late = None
    if node.has(2) and beta != 0:
        bias = importer.value(node.inputs[2])
        if isinstance(bias, Constant) and bias.array.size == units and bias.array.shape[-1:] == (units,):
            flat = Constant(bias.array.reshape(-1), _flat(bias))
            inputs.append(importer.add_constant(_scaled(flat, beta), node.inputs[2]))
        elif isinstance(bias, Constant) and bias.array.size == 1:
            full = np.full(units, bias.real().reshape(-1)[0] * np.float32(beta), np.float32)
            inputs.append(importer.add_constant(full, node.inputs[2]))
        elif beta == 1.0:
            late = importer.tensor(node.inputs[2])
        else:
            raise node.unsupported("beta needs a constant bias")
    result = importer.emit(FullyConnected(), inputs, f"{node.outputs[0]}_product" if late else node.outputs[0],
                           dtype="float32")  # fmt: skip
    importer.bind(node.outputs[0], importer.emit(Add(), [result, late], node.outputs[0]) if late else result)


def _flat(value: Constant) -> Quantization | None:
    q = value.quantization
    return q if q is None or q.axis is None else Quantization(q.scale, q.zero_point, 0)


def _scaled(value: Constant, beta: float) -> Constant:
    return value if beta == 1.0 else Constant((value.real() * np.float32(beta)).astype(np.float32))
