"""Div by a constant: multiplication by the reciprocal."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.elementwise import apply
from edgekit.frontend.onnx.importer import Array, Importer, check_size
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    a, b = arrays
    check_size(node, np.broadcast_shapes(a.shape, b.shape))
    if a.dtype.kind == "f":
        return [(a / b).astype(a.dtype)]
    node.require(bool((b != 0).all()), "integer division by zero")
    quotient = np.abs(a.astype(np.int64)) // np.abs(b.astype(np.int64))  # ONNX truncates towards zero
    return [(quotient * np.sign(a) * np.sign(b)).astype(a.dtype)]


def emit(importer: Importer, node: OnnxNode) -> None:
    divisor = importer.required(node, 1, "the divisor")
    if divisor.dtype.kind != "f":
        raise node.unsupported("integer division of activations is not supported")
    node.require(bool((divisor != 0).all()), "division by a constant zero")
    factor = importer.add_constant((1.0 / divisor.astype(np.float64)).astype(np.float32), f"{node.outputs[0]}_factor")
    importer.bind(node.outputs[0], apply(importer, "mul", importer.tensor(node.inputs[0]), factor, node.outputs[0]))
