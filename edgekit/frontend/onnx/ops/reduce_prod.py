"""ReduceProd of constants over all axes."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    if arrays[0].ndim > 1:
        raise node.unsupported("products over some axes are not supported")
    keep = bool(node.attribute("keepdims", 1))
    return [np.prod(arrays[0], keepdims=keep and arrays[0].ndim > 0, dtype=arrays[0].dtype)]
