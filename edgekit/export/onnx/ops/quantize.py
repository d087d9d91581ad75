"""QuantizeLinear with the parameters of the output."""

from __future__ import annotations

from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node


def emit(writer: Writer, node: Node) -> None:
    layout = writer.layout(node.inputs[0])
    writer.bind(node.outputs[0], writer.value(node.inputs[0], layout), layout)
