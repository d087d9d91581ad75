"""Conv with one group per input channel: weights (1, Kh, Kw, Co) as (Co, 1, Kh, Kw)."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import window_pads
from edgekit.export.onnx.writer import NCHW, Writer
from edgekit.graph import Node
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, DepthwiseConv2D)
    op, x, y = node.op, writer.graph.tensors[str(node.inputs[0])], writer.graph.tensors[node.outputs[0]]
    window = writer.graph.tensors[str(node.inputs[1])].shape[1:3]
    weights, bias = writer.weights(node, (3, 0, 1, 2), axis=0)
    writer.output(
        y.name, "Conv", [writer.value(x.name, NCHW), weights, *([bias] if bias else [])], NCHW, op.activation,
        kernel_shape=window, strides=op.stride, dilations=op.dilation, group=x.shape[3],
        pads=window_pads(x.shape[1:3], window, op.stride, op.dilation, y.shape[1:3], op.padding),
    )  # fmt: skip
