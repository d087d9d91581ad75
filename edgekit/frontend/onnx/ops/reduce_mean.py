"""ReduceMean over constant axes."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.reductions import reduce


def emit(importer: Importer, node: OnnxNode) -> None:
    reduce(importer, node, "mean")
