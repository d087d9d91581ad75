"""QGemm of onnxruntime's own domain."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.quantized import emit_quantized

DOMAIN = "com.microsoft"


def emit(importer: Importer, node: OnnxNode) -> None:
    emit_quantized(importer, node, "Gemm", [(0, 1, 2), (3, 4, 5)], (7, 8), bias=6)
