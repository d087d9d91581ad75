"""Flatten to a matrix."""

from __future__ import annotations

from math import prod

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.shapes import reshaped


def emit(importer: Importer, node: OnnxNode) -> None:
    shape = importer.shape(node.inputs[0])
    axis = node.attribute("axis", 1)
    node.require(-len(shape) <= axis <= len(shape), "the axis must exist", axis)
    axis = axis + len(shape) if axis < 0 else axis
    reshaped(importer, node, (prod(shape[:axis]), prod(shape[axis:])))
