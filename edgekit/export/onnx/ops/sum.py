"""ReduceSum."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import reduction
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node


def emit(writer: Writer, node: Node) -> None:
    reduction(writer, node, "ReduceSum", axes_are_input=True)
