"""Clip: ReLU, ReLU6 or ReLU-1-to-1 where the bounds say so, else a maximum and a minimum."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.elementwise import apply, scalar, unary
from edgekit.frontend.onnx.importer import Array, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import operators

KNOWN = {(0.0, np.inf): "relu", (0.0, 6.0): "relu6", (-1.0, 1.0): "relu_n1_to_1"}


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    low, high = (arrays[i] if len(arrays) > i else None for i in (1, 2))
    return [arrays[0] if low is None and high is None else np.clip(arrays[0], low, high)]


def emit(importer: Importer, node: OnnxNode) -> None:
    low, high = _bound(importer, node, 1, -np.inf), _bound(importer, node, 2, np.inf)
    node.require(low <= high, "the lower bound must not exceed the upper one", f"{low} and {high}")
    name = node.outputs[0]
    largest = float(np.finfo(np.float32).max)
    low, high = (-np.inf if low <= -largest else low), (np.inf if high >= largest else high)
    kind = KNOWN.get((low, high))
    if kind in operators():
        unary(importer, node, operators()[kind]())
        return
    tensor = importer.tensor(node.inputs[0])
    if low != -np.inf:
        tensor = apply(importer, "maximum", tensor, scalar(importer, low, f"{name}_low"),
                       name if high == np.inf else f"{name}_above")  # fmt: skip
    if high != np.inf:
        tensor = apply(importer, "minimum", tensor, scalar(importer, high, f"{name}_high"), name)
    importer.bind(name, tensor)


def _bound(importer: Importer, node: OnnxNode, index: int, default: float) -> float:
    value = importer.constant(node, index, "the bounds")
    if value is None:
        return default
    node.require(value.size == 1 and value.dtype.kind in "fiu", "bounds must be scalars", value.shape)
    bound = float(value.reshape(-1)[0])
    node.require(not np.isnan(bound), "bounds must not be NaN")
    return bound
