"""Expand of constants, and of activations where nothing changes."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, Importer, check_size
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    shape = np.broadcast_shapes(arrays[0].shape, tuple(int(d) for d in arrays[1].reshape(-1)))
    check_size(node, shape)
    return [np.ascontiguousarray(np.broadcast_to(arrays[0], shape))]


def emit(importer: Importer, node: OnnxNode) -> None:
    before, shape = importer.shape(node.inputs[0]), importer.required_integers(node, 1, "the shape")
    node.require(all(d >= 0 for d in shape), "dimensions must not be negative", shape)
    try:
        same = np.broadcast_shapes(before, tuple(shape)) == before
    except ValueError:
        same = False
    if not same:
        raise node.unsupported(f"expanding activations from {before} to {shape} is not supported")
    importer.bind(node.outputs[0], importer.value(node.inputs[0]))
