"""Transpose."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode


def emit(importer: Importer, node: OnnxNode) -> None:
    rank = len(importer.shape(node.inputs[0]))
    perm = node.integers("perm", list(reversed(range(rank))), rank)
    node.require(sorted(perm) == list(range(rank)), "perm must be a permutation of the axes", perm)
    value = importer.value(node.inputs[0])
    if isinstance(value, str):
        importer.bind(node.outputs[0], importer.transpose(value, tuple(perm), node.outputs[0]))
    else:
        importer.bind(node.outputs[0], value.transposed(perm))
