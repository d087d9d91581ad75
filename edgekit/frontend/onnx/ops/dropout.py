"""Dropout at inference: its input."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode


def emit(importer: Importer, node: OnnxNode) -> None:
    training = importer.constant(node, 2, "training_mode")
    if training is not None and bool(training.any()):
        raise node.unsupported("training_mode is not supported", "export the network in evaluation mode")
    importer.bind(node.outputs[0], importer.value(node.inputs[0]))
