"""Identity: another name of the same value."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode


def emit(importer: Importer, node: OnnxNode) -> None:
    importer.bind(node.outputs[0], importer.value(node.inputs[0]))
