"""Transpose."""

from __future__ import annotations

from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.graph.ops.transpose import Transpose


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, Transpose)
    writer.output(
        node.outputs[0], "Transpose", [writer.value(node.inputs[0])], moved=node.inputs[0], perm=node.op.permutation
    )
