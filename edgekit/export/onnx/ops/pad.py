"""Pad with a constant."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.writer import NCHW, TO_NCHW, Writer
from edgekit.graph import Node
from edgekit.graph.ops.pad import Pad
from edgekit.reference import dequantize_array, quantize_array


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, Pad)
    layout = writer.layout(node.inputs[0])
    order = TO_NCHW if layout == NCHW else range(len(node.op.paddings))
    pads = [node.op.paddings[axis][end] for end in (0, 1) for axis in order]
    x, y = writer.graph.tensors[str(node.inputs[0])], writer.graph.tensors[node.outputs[0]]
    border = np.array([node.op.value], np.float32)
    if y.quantization is not None and y.quantization != x.quantization:  # the output's integer, as the input's reals
        border = dequantize_array(quantize_array(border, y), x)
    inputs = [writer.value(x.name, layout), writer.constant(np.array(pads, np.int64), "pads")]
    inputs.append(writer.constant(np.float32(border[0]), "border"))
    writer.output(y.name, "Pad", inputs, layout, moved=x.name, mode="constant")
