"""HardSwish; before opset 14 the input times HardSigmoid."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import unary
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node

SINCE = 14


def emit(writer: Writer, node: Node) -> None:
    if writer.style.opset >= SINCE:
        unary(writer, node, "HardSwish")
        return
    layout = writer.layout(node.inputs[0])
    value = writer.value(node.inputs[0], layout)
    gate = writer.step("HardSigmoid", [value], None, f"{node.name}_gate", alpha=1 / 6, beta=0.5)
    writer.output(node.outputs[0], "Mul", [value, gate], layout)
