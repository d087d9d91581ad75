"""HardSwish."""

from __future__ import annotations

from edgekit.frontend.onnx.elementwise import unary
from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import operators


def emit(importer: Importer, node: OnnxNode) -> None:
    unary(importer, node, operators()["hard_swish"]())
