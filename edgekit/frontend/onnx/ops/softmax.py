"""Softmax over any axis, moved last around the operator."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.softmax import Softmax


def emit(importer: Importer, node: OnnxNode) -> None:
    rank = len(importer.shape(node.inputs[0]))
    axis = node.attribute("axis", -1)
    node.require(-rank <= axis < rank, "the axis must exist", axis)
    axis %= rank
    perm = (*(i for i in range(rank) if i != axis), axis)
    back = tuple(perm.index(i) for i in range(rank))
    name = node.outputs[0]
    x = importer.transpose(importer.tensor(node.inputs[0]), perm, f"{name}_moved")
    importer.bind(name, importer.transpose(importer.emit(Softmax(), [x], name), back, f"{name}_back"))
