"""LeakyRelu."""

from __future__ import annotations

from edgekit.frontend.onnx.elementwise import unary
from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.leaky_relu import LeakyRelu


def emit(importer: Importer, node: OnnxNode) -> None:
    unary(importer, node, LeakyRelu(alpha=node.attribute("alpha", 0.01)))
