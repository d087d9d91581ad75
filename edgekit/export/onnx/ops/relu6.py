"""Clip to 0..6. Where the arithmetic only clamps, the integers are the input's own."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.reference.arithmetics import arithmetic


def emit(writer: Writer, node: Node) -> None:
    ends = [writer.constant(np.float32(v), "bound") for v in (0, 6)]
    layout = writer.layout(node.inputs[0])
    moved = node.inputs[0] if arithmetic(writer.graph.arithmetic).rule("relu6") == "clamp-only" else None
    writer.output(node.outputs[0], "Clip", [writer.value(node.inputs[0], layout), *ends], layout, moved=moved)
