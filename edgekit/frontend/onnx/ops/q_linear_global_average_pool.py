"""QLinearGlobalAveragePool of onnxruntime's own domain."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.quantized import emit_quantized

DOMAIN = "com.microsoft"


def emit(importer: Importer, node: OnnxNode) -> None:
    if node.attribute("channels_last", 0):
        raise node.unsupported("channels_last is not supported")
    emit_quantized(importer, node, "GlobalAveragePool", [(0, 1, 2)], (3, 4))
