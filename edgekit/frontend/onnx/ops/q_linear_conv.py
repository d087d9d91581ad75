"""QLinearConv."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.quantized import emit_quantized


def emit(importer: Importer, node: OnnxNode) -> None:
    emit_quantized(importer, node, "Conv", [(0, 1, 2), (3, 4, 5)], (6, 7), bias=8)
