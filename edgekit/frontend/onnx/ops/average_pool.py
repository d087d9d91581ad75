"""AveragePool in two dimensions, both ways to count padding."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.pools import average_pool, pool_window


def emit(importer: Importer, node: OnnxNode) -> None:
    include = bool(node.attribute("count_include_pad", 0))
    importer.bind_nchw(node, average_pool(importer, node, pool_window(importer, node), include))
