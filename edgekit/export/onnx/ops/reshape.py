"""Reshape, of the natural order."""

from __future__ import annotations

import numpy as np

from edgekit.export.onnx.writer import Writer
from edgekit.graph import Node
from edgekit.graph.ops.reshape import Reshape


def emit(writer: Writer, node: Node) -> None:
    assert isinstance(node.op, Reshape)
    shape = writer.constant(np.array(node.op.shape, np.int64), "shape")
    writer.output(node.outputs[0], "Reshape", [writer.value(node.inputs[0]), shape], moved=node.inputs[0])
