"""AveragePool; padding does not count."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import pool
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node


def emit(writer: Writer, node: Node) -> None:
    pool(writer, node, "AveragePool", count_include_pad=0)
