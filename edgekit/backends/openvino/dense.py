"""Depthwise convolutions that OpenVINO computes wrong, as dense ones.

With two filters and more for a channel, and few taps in all, its int8 kernels for x86 saturate sums of products in 16
bits and may lose a ReLU behind them (2026.4, AVX-512 with VNNI: 2 to 9 channels, at most 28 taps of all channels, half
of some hundred random layers). A dense convolution with weights of zero for the other channels has the same integers.
"""

from __future__ import annotations

import numpy as np

from edgekit.graph import Graph, Node, Quantization, Tensor
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D

MOST_TAPS = 64  # of all channels; none was seen wrong from 36 on, and the dense layer is still small


def without_few_taps(graph: Graph) -> Graph:
    """A copy in which such layers are dense; layers and activations keep their names."""
    found = graph.copy()
    found.nodes = [_dense(found, node) for node in found.nodes]
    return found


def _dense(graph: Graph, node: Node) -> Node:
    op = node.op
    if not isinstance(op, DepthwiseConv2D):
        return node
    x, weights = (graph.tensors[str(name)] for name in node.inputs[:2])
    channels, (_, height, width, filters) = x.shape[3], weights.shape
    few = channels > 1 and filters > channels and channels * height * width <= MOST_TAPS
    if not few or weights.data is None or weights.quantization is None:
        return node
    quantization = weights.quantization
    values = np.empty((filters, height, width, channels), weights.data.dtype)
    values[...] = np.reshape(quantization.zero_point, (-1, 1, 1, 1))
    of = np.arange(filters)
    values[of, :, :, of // (filters // channels)] = np.moveaxis(weights.data[0], 2, 0)
    axis = None if quantization.axis is None else 0
    dense = Tensor.constant(
        graph.unique(f"{weights.name}_dense"), values, Quantization(quantization.scale, quantization.zero_point, axis)
    )
    graph.add(dense)
    made = Conv2D(op.stride, op.dilation, op.padding, op.activation)
    return Node(made, (node.inputs[0], dense.name, *node.inputs[2:]), node.outputs)
