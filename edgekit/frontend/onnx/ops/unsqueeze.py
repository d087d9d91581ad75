"""Unsqueeze: a reshape with more dimensions of length 1."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.shapes import reshaped


def emit(importer: Importer, node: OnnxNode) -> None:
    shape = list(importer.shape(node.inputs[0]))
    given = importer.required_integers(node, 1, "the axes")
    rank = len(shape) + len(given)
    node.require(all(-rank <= a < rank for a in given) and len({a % rank for a in given}) == len(given),
                 "the axes must exist and not repeat", given)  # fmt: skip
    for axis in sorted(a % rank for a in given):
        shape.insert(axis, 1)
    reshaped(importer, node, shape)
