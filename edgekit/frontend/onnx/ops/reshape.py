"""Reshape: 0 keeps a dimension, -1 takes what is left."""

from __future__ import annotations

from math import prod

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.shapes import reshaped


def emit(importer: Importer, node: OnnxNode) -> None:
    before = importer.shape(node.inputs[0])
    shape = importer.required_integers(node, 1, "the shape")
    if not node.attribute("allowzero", 0):
        node.require(all(d != 0 or i < len(before) for i, d in enumerate(shape)), "0 must name a dimension", shape)
        shape = [before[i] if d == 0 else d for i, d in enumerate(shape)]
    node.require(shape.count(-1) <= 1 and all(d >= -1 for d in shape), "at most one -1 may be in the shape", shape)
    if -1 in shape:
        rest = -prod(shape)
        node.require(rest > 0 and prod(before) % rest == 0, "-1 must have a solution", f"{before} to {shape}")
        shape[shape.index(-1)] = prod(before) // rest
    node.require(prod(shape) == prod(before), "a reshape keeps the number of elements", f"{before} to {shape}")
    reshaped(importer, node, shape)
