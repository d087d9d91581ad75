"""Equal of constants."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, check_size
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    check_size(node, np.broadcast_shapes(*(a.shape for a in arrays)))
    return [np.equal(*arrays)]
