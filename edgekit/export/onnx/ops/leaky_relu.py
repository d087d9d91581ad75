"""LeakyRelu."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import unary
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.graph.ops.leaky_relu import LeakyRelu


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, LeakyRelu)
    unary(writer, node, "LeakyRelu", alpha=float(node.op.alpha))
