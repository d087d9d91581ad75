"""Constant."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array
from edgekit.frontend.onnx.node import OnnxNode

KINDS = {"value_float": np.float32, "value_floats": np.float32, "value_int": np.int64, "value_ints": np.int64}


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    value = node.attributes.get("value")
    if isinstance(value, np.ndarray):
        return [value]
    for name, kind in KINDS.items():
        if name in node.attributes:
            return [np.asarray(node.attributes[name], kind)]
    raise node.unsupported("sparse and string constants are not supported")
