"""BatchNormalization for inference: a multiplication and an addition per channel, which passes fold away."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, Constant, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Quantization
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.mul import Mul


def emit(importer: Importer, node: OnnxNode) -> None:
    if node.attribute("training_mode", 0):
        raise node.unsupported("training_mode is not supported", "export the network in evaluation mode")
    names = ("the scale", "the bias", "the mean", "the variance")
    found = [importer.constant(node, i, what) for i, what in enumerate(names, 1)]
    x = importer.shape(node.inputs[0])
    node.require(len(x) >= 2 and all(p is not None and p.shape == (x[1],) for p in found),
                 "scale, bias, mean and variance need one value per channel")  # fmt: skip
    gamma, beta, mean, variance = (np.asarray(p, np.float64) for p in found)
    deviation = np.sqrt(variance + node.attribute("epsilon", 1e-5))
    node.require(bool(np.isfinite(deviation).all() and (deviation > 0).all()), "variances must be positive")
    factor = gamma / deviation
    shape = (1, -1, *[1] * (len(x) - 2))
    name = node.outputs[0]
    if importer.keep_integers and len(x) in (2, 4):
        _depthwise(importer, node, factor, beta - mean * factor)
        return
    scale = importer.add_constant(factor.astype(np.float32).reshape(shape), f"{name}_scale")
    offset = importer.add_constant((beta - mean * factor).astype(np.float32).reshape(shape), f"{name}_offset")
    scaled = importer.emit(Mul(), [importer.tensor(node.inputs[0]), scale], f"{name}_scaled")
    importer.bind(name, importer.emit(Add(), [scaled, offset], name))


def _depthwise(importer: Importer, node: OnnxNode, factor: Array, offset: Array) -> None:
    """Among quantized layers: a depthwise 1x1 convolution, whose int8 weights of one scale per channel are exact."""
    name = node.outputs[0]
    x = importer.shape(node.inputs[0])
    scale = np.maximum(np.abs(factor) / 127, 1e-30).astype(np.float32)
    integers = (np.sign(factor) * 127).astype(np.int8).reshape(1, 1, 1, -1)
    quantization = Quantization(scale, np.zeros(scale.shape, np.int64), 3)
    weights = importer.add_constant(Constant(integers, quantization), f"{name}_scale")
    bias = importer.add_constant(offset.astype(np.float32), f"{name}_offset")
    op = DepthwiseConv2D(padding="valid")
    if len(x) == 4:
        importer.bind_nchw(node, importer.emit(op, [importer.nhwc(node), weights, bias], name))
        return
    flat = importer.reshape(importer.tensor(node.inputs[0]), (x[0], 1, 1, x[1]), f"{name}_in")
    importer.bind(name, importer.reshape(importer.emit(op, [flat, weights, bias], name), x, f"{name}_flat"))
