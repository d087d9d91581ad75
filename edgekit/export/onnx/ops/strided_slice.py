"""Slice, then Squeeze of the dropped axes."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.graph.ops.strided_slice import StridedSlice

BACKWARDS_TO_THE_START = -(1 << 31)  # ONNX clamps; -1 would be the last index


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, StridedSlice)
    op, x = node.op, writer.graph.tensors[str(node.inputs[0])]
    ends = [BACKWARDS_TO_THE_START if end < 0 else end for end in op.end]
    parts = {"starts": op.begin, "ends": ends, "axes": range(len(ends)), "steps": op.strides}
    inputs = [writer.value(x.name)]
    inputs += [writer.constant(np.array([*part], np.int64), name) for name, part in parts.items()]
    if not op.shrink_axes:
        writer.output(node.outputs[0], "Slice", inputs, moved=x.name)
        return
    taken = writer.step("Slice", inputs, x, f"{node.name}_slice")
    axes = writer.constant(np.array(op.shrink_axes, np.int64), "axes")
    writer.output(node.outputs[0], "Squeeze", [taken, axes], moved=x.name)
