"""Range of constants."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, check_size
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    start, limit, delta = (a.reshape(-1)[0] for a in arrays)
    node.require(bool(delta != 0), "the step must not be 0")
    count = max(0, int(np.ceil((float(limit) - float(start)) / float(delta))))
    check_size(node, (count,))
    return [(start + np.arange(count) * delta).astype(arrays[0].dtype)]
