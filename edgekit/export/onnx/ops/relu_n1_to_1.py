"""Clip to -1..1."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.ops._shared import unary
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node


def emit(writer: Writer, node: Node) -> None:
    ends = [writer.constant(np.float32(v), "bound") for v in (-1, 1)]
    unary(writer, node, "Clip", *ends)
