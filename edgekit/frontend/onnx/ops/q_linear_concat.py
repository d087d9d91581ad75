"""QLinearConcat of onnxruntime's own domain."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.quantized import emit_quantized

DOMAIN = "com.microsoft"


def emit(importer: Importer, node: OnnxNode) -> None:
    count = (len(node.inputs) - 2) // 3
    operands = [(2 + 3 * i, 3 + 3 * i, 4 + 3 * i) for i in range(count)]
    emit_quantized(importer, node, "Concat", operands, (0, 1))
