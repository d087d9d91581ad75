"""GlobalMaxPool: a window as large as the image."""

from __future__ import annotations

from typing import cast

from edgekit.frontend.onnx.images import Pair
from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.max_pool_2d import MaxPool2D


def emit(importer: Importer, node: OnnxNode) -> None:
    tensor = importer.nhwc(node)
    size = cast(Pair, importer.graph.tensors[tensor].shape[1:3])
    importer.bind_nchw(node, importer.emit(MaxPool2D(size, size, "valid"), [tensor], node.outputs[0]))
