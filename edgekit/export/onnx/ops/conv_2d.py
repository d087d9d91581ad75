"""Conv: weights (Co, Kh, Kw, Ci) as (Co, Ci, Kh, Kw)."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import window_pads
from edgekit.export.onnx.writer import NCHW, TO_NCHW, Writer
from edgekit.graph import Node
from edgekit.graph.ops.conv_2d import Conv2D


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, Conv2D)
    op, x, y = node.op, writer.graph.tensors[str(node.inputs[0])], writer.graph.tensors[node.outputs[0]]
    window = writer.graph.tensors[str(node.inputs[1])].shape[1:3]
    weights, bias = writer.weights(node, TO_NCHW, axis=0)
    writer.output(
        y.name, "Conv", [writer.value(x.name, NCHW), weights, *([bias] if bias else [])], NCHW, op.activation,
        kernel_shape=window, strides=op.stride, dilations=op.dilation, group=1,
        pads=window_pads(x.shape[1:3], window, op.stride, op.dilation, y.shape[1:3], op.padding),
    )  # fmt: skip
