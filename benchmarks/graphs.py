"""Random int8 graphs with the topology of the MLPerf Tiny networks and LeNet-5, and single layers: benchmarks need no
file.

Weights are normal, scales are chosen so that activations use their range and saturate now and then, as in a trained and
calibrated network. Shapes and multiply-accumulates are those of `ic_resnet8`, `vww_96` (MobileNetV1, width 0.25),
`kws_dscnn` and `ad01`.
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
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.softmax import Softmax
from edgekit.graph.ops.transpose_conv import TransposeConv

SPREAD = 40.0  # standard deviation of the weights' integers
REACH = 60.0  # standard deviation that outputs shall have, in steps


class Builder:
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

    def weighted(
        self, op: Conv2D | DepthwiseConv2D | FullyConnected | TransposeConv, x: str, shape: tuple[int, ...], axis: int
    ) -> str:
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

    def conv(
        self, x: str, filters: int, kernel: int | tuple[int, int], stride: int = 1, activation: Activation = "relu"
    ) -> str:
        channels = self.graph.tensors[x].shape[3]
        op = Conv2D(stride=(stride, stride), activation=activation)
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        return self.weighted(op, x, (filters, height, width, channels), 0)

    def connected(self, x: str, units: int, activation: Activation = "relu") -> str:
        return self.weighted(FullyConnected(activation=activation), x, (units, self.graph.tensors[x].elements), 0)

    def flat(self, x: str) -> str:
        tensor = self.graph.tensors[x]
        return self.node(Reshape((1, tensor.elements)), [x], tensor.quantization)

    def max_pool(self, x: str) -> str:
        return self.node(MaxPool2D((2, 2), (2, 2)), [x], self.graph.tensors[x].quantization)

    def ended(self, x: str) -> Graph:
        self.graph.outputs = [x]
        self.graph.validate()
        return self.graph

    def depthwise(self, x: str, stride: int) -> str:
        op = DepthwiseConv2D(stride=(stride, stride), activation="relu")
        return self.weighted(op, x, (1, 3, 3, self.graph.tensors[x].shape[3]), 3)

    def classifier(self, x: str, classes: int) -> Graph:
        tensor = self.graph.tensors[x]
        window = (tensor.shape[1], tensor.shape[2])
        x = self.node(AveragePool2D(window, window), [x], tensor.quantization)
        x = self.connected(self.flat(x), classes, "none")
        return self.ended(self.node(Softmax(), [x], Quantization.per_tensor(1 / 256, -128)))


def resnet8(seed: int = 0) -> Graph:
    """ResNet-8 for 32 x 32 x 3 images and 10 classes: 12.5 million multiply-accumulates."""
    b = Builder("resnet8", (1, 32, 32, 3), seed)
    x = b.conv("input", 16, 3)
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        y = b.conv(b.conv(x, filters, 3, stride), filters, 3, activation="none")
        shortcut = x if stride == 1 else b.conv(x, filters, 1, stride, "none")
        scale = float(max(b.graph.tensors[y].scale, b.graph.tensors[shortcut].scale)) * 1.2
        x = b.node(Add("relu"), [y, shortcut], Quantization.per_tensor(scale, -128))
    return b.classifier(x, 10)


def mobilenet_v1_025(seed: int = 0) -> Graph:
    """MobileNetV1 of width 0.25 for 96 x 96 x 3 images and 2 classes: 7.5 million multiply-accumulates."""
    b = Builder("mobilenet_v1_025", (1, 96, 96, 3), seed)
    x = b.conv("input", 8, 3, 2)
    layers = [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2), (256, 1)]
    for filters, stride in layers:
        x = b.conv(b.depthwise(x, stride), filters, 1)
    return b.classifier(x, 2)


def dscnn(seed: int = 0) -> Graph:
    """DS-CNN for 49 x 10 spectrograms and 12 keywords: 2.7 million multiply-accumulates."""
    b = Builder("dscnn", (1, 49, 10, 1), seed)
    x = b.conv("input", 64, (10, 4), 2)
    for _ in range(4):
        x = b.conv(b.depthwise(x, 1), 64, 1)
    return b.classifier(x, 12)


def autoencoder(seed: int = 0) -> Graph:
    """Fully connected autoencoder of 640 values: 264,192 multiply-accumulates."""
    b = Builder("autoencoder", (1, 640), seed)
    x = "input"
    for units in (*[128] * 4, 8, *[128] * 4):
        x = b.connected(x, units)
    return b.ended(b.connected(x, 640, "none"))


def lenet5(seed: int = 0) -> Graph:
    """LeNet-5 for 28 x 28 x 1 images and 10 classes: odd channel counts, maximum pooling."""
    b = Builder("lenet5", (1, 28, 28, 1), seed)
    x = b.max_pool(b.conv(b.max_pool(b.conv("input", 6, 5)), 16, 5))
    x = b.connected(b.connected(b.flat(x), 120), 84)
    return b.ended(b.connected(x, 10, "none"))


def conv_3x3(seed: int = 0) -> Graph:
    b = Builder("conv_3x3", (1, 16, 16, 32), seed)
    return b.ended(b.conv("input", 32, 3, activation="none"))


def conv_1x1(seed: int = 0) -> Graph:
    b = Builder("conv_1x1", (1, 12, 12, 64), seed)
    return b.ended(b.conv("input", 64, 1, activation="none"))


def depthwise_3x3(seed: int = 0) -> Graph:
    b = Builder("depthwise_3x3", (1, 12, 12, 64), seed)
    return b.ended(b.depthwise("input", 1))


def fully_connected(seed: int = 0) -> Graph:
    b = Builder("fully_connected", (1, 640), seed)
    return b.ended(b.connected("input", 128, "none"))


NETWORKS = (dscnn, mobilenet_v1_025, resnet8, autoencoder, lenet5)
KERNELS = (conv_3x3, conv_1x1, depthwise_3x3, fully_connected)
