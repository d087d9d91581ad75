"""Paddings that need no copy: a pad before a convolution becomes the convolution's own border.

`edgekit.passes.pad_fusion` turns the pads that TensorFlow's SAME describes into SAME. What is left, symmetric pads of
strided convolutions above all, as PyTorch has them, has no name in the graph, but the kernels take any border.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from edgekit.backends.c.rows import Rows, rows_of
from edgekit.graph import Graph, Node
from edgekit.graph.operator import window_padding
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.graph.ops.pad import Pad
from edgekit.reference.simulator import quantize_array


@dataclass(frozen=True)
class Fold:
    """A pad with the convolution behind it.

    Attributes:
        node: the convolution, reading what the pad reads. rows: its rule. left: columns of its left border.
    """

    node: Node
    rows: Rows
    left: int


def folds(graph: Graph) -> dict[int, Fold]:
    """By index of the pad; the convolution is the next node."""
    consumers = graph.consumers()
    found = {}
    for i, (pad, node) in enumerate(zip(graph.nodes, graph.nodes[1:], strict=False)):
        alone = consumers.get(pad.name) == [node] and pad.name not in graph.outputs
        if isinstance(pad.op, Pad) and alone and node.inputs[0] == pad.name and (made := _fold(graph, pad, node)):
            found[i] = made
    return found


def _fold(graph: Graph, pad: Node, node: Node) -> Fold | None:
    rule, op = rows_of(graph, node), pad.op
    assert isinstance(op, Pad)
    if rule is None or not isinstance(node.op, Conv2D | DepthwiseConv2D):
        return None
    x, padded, y = graph.node_inputs(pad)[0], graph.node_outputs(pad)[0], graph.node_outputs(node)[0]
    assert x is not None
    border = quantize_array(np.array([op.value], np.float32), padded)[0] if padded.quantization is not None else None
    if border != padded.zero_point or op.paddings[0] != (0, 0) or op.paddings[3] != (0, 0):
        return None
    weights = graph.node_inputs(node)[1]
    assert weights is not None
    width, stride, dilation = weights.shape[2], node.op.stride[1], node.op.dilation[1]
    own, _ = window_padding(padded.shape[2], width, stride, dilation, y.shape[2])
    left, reach = op.paddings[2][0] + own, (width - 1) * dilation + 1
    rows = replace(rule, inputs=(x.name,), pad=rule.pad + op.paddings[1][0])
    inside = rows.end(1) > 0 and reach - left > 0 and (y.shape[2] - 1) * stride - left < x.shape[2]
    if not inside or rows.start(y.shape[1] - 1) >= x.shape[1]:
        return None  # a window that sees nothing of the input
    return Fold(replace(node, inputs=(x.name, *node.inputs[1:])), rows, left)
