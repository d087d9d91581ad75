"""Sigmoid."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import unary
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node


def emit(writer: Writer, node: Node) -> None:
    unary(writer, node, "Sigmoid")
