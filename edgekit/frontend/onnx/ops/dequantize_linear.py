"""DequantizeLinear of constants (weights, biases) and of activations."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.quantized import dequantized, parameters


def emit(importer: Importer, node: OnnxNode) -> None:
    if node.attribute("block_size", 0):
        raise node.unsupported("blocked quantization is not supported", "quantize per tensor or per channel")
    shape = importer.shape(node.inputs[0])
    found, _ = parameters(importer, node, 1, 2, shape, node.attribute("axis", 1))
    name = dequantized(importer, node, 0, found, node.outputs[0])
    importer.bind(node.outputs[0], importer.value(name))
