"""Squeeze: a reshape without some dimensions of length 1."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.frontend.onnx.shapes import axes_of, reshaped


def emit(importer: Importer, node: OnnxNode) -> None:
    shape = importer.shape(node.inputs[0])
    axes = axes_of(importer, node, len(shape))
    if axes is None:
        axes = [i for i, d in enumerate(shape) if d == 1]
    node.require(all(shape[a] == 1 for a in axes), "squeezed dimensions must be 1", f"{shape}, axes {axes}")
    reshaped(importer, node, [d for i, d in enumerate(shape) if i not in axes])
