"""Random int8 graphs with the topology of the MLPerf Tiny networks: benchmarks depend on no file.

Weights are normal, scales are chosen so that activations use their range and saturate now and then, as in a trained and
calibrated network. Shapes and multiply-accumulates are those of `ic_resnet8` and `vww_96` (MobileNetV1, width 0.25).
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.operator import Activation
from edgekit.graph.ops.add import Add
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.softmax import Softmax

SPREAD = 40.0  # standard deviation of the weights' integers
REACH = 60.0  # standard deviation that outputs shall have, in steps


class _Builder:
    """Appends layers to a graph; every method returns the new tensor's name."""

    def __init__(self, name: str, shape: tuple[int, ...], seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.graph = Graph(name, inputs=["input"])
        self.graph.add(Tensor("input", shape, "int8", Quantization.per_tensor(1 / 255, -128)))

    def node(self, op: Operator, inputs: list[str], quantization: Quantization | None) -> str:
        (shape,) = op.infer([self.graph.tensors[n] for n in inputs])
        name = self.graph.unique(op.name)
        self.graph.add(Tensor(name, shape, "int8", quantization))
        self.graph.nodes.append(Node(op, tuple(inputs), (name,)))
        return name

    def weighted(self, op: Conv2D | DepthwiseConv2D | FullyConnected, x: str, shape: tuple[int, ...], axis: int) -> str:
        source = self.graph.tensors[x]
        values = np.clip(np.rint(self.rng.normal(0, SPREAD, shape)), -127, 127).astype(np.int8)
        terms = values.size // shape[axis]
        steps = sqrt(terms) * SPREAD * 80  # standard deviation of an accumulator
        scales = (REACH / steps * self.rng.uniform(0.5, 1.5, shape[axis])).astype(np.float32)
        output = float(source.scale)
        w, b = self.graph.unique("weights"), self.graph.unique("bias")
        self.graph.add(Tensor.constant(w, values, Quantization.per_channel(scales, axis)))
        bias = self.rng.normal(0, steps / 3, shape[axis]).astype(np.int32)
        of_bias = Quantization.per_channel(np.float32(source.scale) * scales, 0)
        self.graph.add(Tensor.constant(b, bias, of_bias))
        zero_point = 5 if op.activation == "none" else -128
        return self.node(op, [x, w, b], Quantization.per_tensor(output, zero_point))

    def conv(self, x: str, filters: int, kernel: int, stride: int = 1, activation: Activation = "relu") -> str:
        channels = self.graph.tensors[x].shape[3]
        op = Conv2D(stride=(stride, stride), activation=activation)
        return self.weighted(op, x, (filters, kernel, kernel, channels), 0)

    def depthwise(self, x: str, stride: int) -> str:
        op = DepthwiseConv2D(stride=(stride, stride), activation="relu")
        return self.weighted(op, x, (1, 3, 3, self.graph.tensors[x].shape[3]), 3)

    def classifier(self, x: str, classes: int) -> Graph:
        tensor = self.graph.tensors[x]
        window = (tensor.shape[1], tensor.shape[2])
        x = self.node(AveragePool2D(window, window), [x], tensor.quantization)
        x = self.node(Reshape((1, tensor.shape[3])), [x], tensor.quantization)
        x = self.weighted(FullyConnected(), x, (classes, tensor.shape[3]), 0)
        x = self.node(Softmax(), [x], Quantization.per_tensor(1 / 256, -128))
        self.graph.outputs = [x]
        self.graph.validate()
        return self.graph


def resnet8(seed: int = 0) -> Graph:
    """ResNet-8 for 32 x 32 x 3 images and 10 classes: 12.5 million multiply-accumulates."""
    b = _Builder("resnet8", (1, 32, 32, 3), seed)
    x = b.conv("input", 16, 3)
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        y = b.conv(b.conv(x, filters, 3, stride), filters, 3, activation="none")
        shortcut = x if stride == 1 else b.conv(x, filters, 1, stride, "none")
        scale = float(max(b.graph.tensors[y].scale, b.graph.tensors[shortcut].scale)) * 1.2
        x = b.node(Add("relu"), [y, shortcut], Quantization.per_tensor(scale, -128))
    return b.classifier(x, 10)


def mobilenet_v1_025(seed: int = 0) -> Graph:
    """MobileNetV1 of width 0.25 for 96 x 96 x 3 images and 2 classes: 7.5 million multiply-accumulates."""
    b = _Builder("mobilenet_v1_025", (1, 96, 96, 3), seed)
    x = b.conv("input", 8, 3, 2)
    layers = [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2), (256, 1)]
    for filters, stride in layers:
        x = b.conv(b.depthwise(x, stride), filters, 1)
    return b.classifier(x, 2)
