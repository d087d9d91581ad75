"""Axes of reductions: an attribute or an input, negative ones, none meaning all."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Operator, operators


def reduce(importer: Importer, node: OnnxNode, name: str) -> None:
    """Emit the reduction `name`."""
    rank = len(importer.shape(node.inputs[0]))
    axes = importer.integers(node, 1, "the axes")
    if axes is None:
        axes = node.integers("axes", [])
    if not axes and node.attribute("noop_with_empty_axes", 0):
        importer.bind(node.outputs[0], importer.value(node.inputs[0]))
        return
    axes = axes or list(range(rank))
    node.require(all(-rank <= a < rank for a in axes), "the axes must exist", axes)
    where = tuple(sorted({a % rank for a in axes}))
    keep = bool(node.attribute("keepdims", 1))
    if not where:
        raise node.unsupported("reducing a scalar is not supported")
    op: Operator = operators()[name](axes=where, keep_dims=keep)  # type: ignore[call-arg]
    importer.bind(node.outputs[0], importer.emit(op, [importer.tensor(node.inputs[0])], node.outputs[0]))
