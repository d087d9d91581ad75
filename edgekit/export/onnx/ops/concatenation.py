"""Concat."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import axis_in
from edgekit.export.onnx.writer import NATURAL, NCHW, Layout, Writer
from edgekit.graph import Node
from edgekit.graph.ops.concatenation import Concatenation


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, Concatenation)
    layout: Layout = NCHW if NCHW in map(writer.layout, node.inputs) else NATURAL
    values = [writer.value(name, layout) for name in node.inputs]
    writer.output(node.outputs[0], "Concat", values, layout, axis=axis_in(layout, node.op.axis))
