"""Concat."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.elementwise import operand
from edgekit.frontend.onnx.importer import Array, Importer, check_size
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.concatenation import Concatenation


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    check_size(node, (sum(a.size for a in arrays),))
    return [np.concatenate(arrays, axis=node.attribute("axis", 0))]


def emit(importer: Importer, node: OnnxNode) -> None:
    rank = len(importer.shape(node.inputs[0]))
    axis = node.attribute("axis", 0)
    node.require(-rank <= axis < rank, "the axis must exist", axis)
    inputs = [operand(importer, node, name) for name in node.inputs]
    kinds = {(importer.graph.tensors[n].dtype) for n in inputs}
    if len(kinds) > 1:
        raise node.unsupported(f"joins values of different types: {sorted(kinds)}")
    if len({repr(importer.graph.tensors[n].quantization) for n in inputs}) > 1:
        raise node.unsupported("joins integers of different scales")
    importer.bind(node.outputs[0], importer.emit(Concatenation(axis % rank), inputs, node.outputs[0]))
