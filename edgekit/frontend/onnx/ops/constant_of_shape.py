"""ConstantOfShape."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, check_size
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    value = node.attribute("value", np.zeros(1, np.float32))
    shape = [int(d) for d in arrays[0].reshape(-1)]
    node.require(all(d >= 0 for d in shape) and value.size == 1, "needs a shape and one value", shape[:8])
    check_size(node, shape)
    return [np.full(shape, value.reshape(-1)[0], value.dtype)]
