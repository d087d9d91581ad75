"""GlobalAveragePool: the mean over all axes behind the channels."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.mean import Mean


def emit(importer: Importer, node: OnnxNode) -> None:
    x = importer.tensor(node.inputs[0])
    rank = len(importer.shape(node.inputs[0]))
    node.require(rank >= 3, "takes (N, C, ...)", rank)
    importer.bind(node.outputs[0], importer.emit(Mean(tuple(range(2, rank)), keep_dims=True), [x], node.outputs[0]))
