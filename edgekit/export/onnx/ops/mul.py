"""Mul."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import binary
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node


def emit(writer: Writer, node: Node) -> None:
    binary(writer, node, "Mul")
