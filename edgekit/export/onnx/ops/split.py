"""Split."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.ops._shared import axis_in
from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.graph.ops.split import Split


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, Split)
    layout = writer.layout(node.inputs[0])
    inputs = [writer.value(node.inputs[0], layout)]
    attributes = {"axis": axis_in(layout, node.op.axis)}
    if len(node.op.sizes) == 1:  # ONNX's shape inference takes no split into one part
        writer.output(node.outputs[0], "Identity", inputs, layout, moved=node.inputs[0])
        return
    inputs.append(writer.constant(np.array(node.op.sizes, np.int64), "sizes"))
    writer.outputs(node.outputs, "Split", inputs, layout, str(node.inputs[0]), **attributes)
