"""ConvTranspose: weights (Co, Kh, Kw, Ci) as (Ci, Co, Kh, Kw)."""

from __future__ import annotations

from edgekit.export.onnx.ops._shared import window_pads
from edgekit.export.onnx.writer import NCHW, Writer
from edgekit.graph import Node
from edgekit.graph.ops.transpose_conv import TransposeConv


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, TransposeConv)
    op, x, y = node.op, writer.graph.tensors[str(node.inputs[0])], writer.graph.tensors[node.outputs[0]]
    window = writer.graph.tensors[str(node.inputs[1])].shape[1:3]
    weights, bias = writer.weights(node, (3, 0, 1, 2), axis=1)
    pads = window_pads(op.output_size, window, op.stride, (1, 1), x.shape[1:3], op.padding)
    full = [(x.shape[1 + i] - 1) * op.stride[i] + window[i] - pads[i] - pads[2 + i] for i in range(2)]
    writer.output(
        y.name, "ConvTranspose", [writer.value(x.name, NCHW), weights, *([bias] if bias else [])], NCHW,
        op.activation, kernel_shape=window, strides=op.stride, group=1, pads=pads,
        output_padding=[op.output_size[i] - full[i] for i in range(2)],
    )  # fmt: skip
