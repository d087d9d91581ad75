"""Softmax over the channels, wherever they are; beta as a factor in front."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.ops._shared import axis_in
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.graph.ops.softmax import Softmax


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, Softmax)
    layout = writer.layout(node.inputs[0])
    value = writer.value(node.inputs[0], layout)
    if node.op.beta != 1:
        value = writer.step("Mul", [value, writer.constant(np.float32(node.op.beta), "beta")], None, node.name)
    rank = len(writer.graph.tensors[node.outputs[0]].shape)
    writer.output(node.outputs[0], "Softmax", [value], layout, axis=axis_in(layout, rank - 1))
