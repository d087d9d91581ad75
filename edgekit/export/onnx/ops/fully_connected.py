"""Gemm over rows, reshaped to and from them where the tensors are not."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.writer import NATURAL, Writer
from edgekit.graph import Node
from edgekit.graph.ops.fully_connected import FullyConnected


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, FullyConnected)
    x, y = writer.graph.tensors[str(node.inputs[0])], writer.graph.tensors[node.outputs[0]]
    weights, bias = writer.weights(node, (0, 1), axis=0)
    width = writer.graph.tensors[str(node.inputs[1])].shape[1]
    rows = x.elements // width
    value = writer.value(x.name)
    if x.shape != (rows, width):
        shape = writer.constant(np.array([rows, width], np.int64), "shape")
        value = writer.step("Reshape", [value, shape], x, f"{y.name}_rows")
    inputs = [value, weights, *([bias] if bias else [])]
    if len(y.shape) == 2:
        writer.output(y.name, "Gemm", inputs, NATURAL, node.op.activation, transB=1)
        return
    value = writer.step("Gemm", inputs, y, f"{y.name}_product", activation=node.op.activation, transB=1)
    writer.output(y.name, "Reshape", [value, writer.constant(np.array(y.shape, np.int64), "shape")])
