"""MaxPool in two dimensions."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.pools import max_pool, pool_window


def emit(importer: Importer, node: OnnxNode) -> None:
    importer.bind_nchw(node, max_pool(importer, node, pool_window(importer, node)))
