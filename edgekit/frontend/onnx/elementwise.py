"""Shared by the handlers of elementwise operators."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, Constant, Importer, check_size
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Operator, operators


def unary(importer: Importer, node: OnnxNode, op: Operator) -> None:
    """The node is `op` of its first input."""
    importer.bind(node.outputs[0], importer.emit(op, [importer.tensor(node.inputs[0])], node.outputs[0]))


def binary(importer: Importer, node: OnnxNode, name: str) -> None:
    """The node folds its inputs, two or more, with the broadcasting operator `name`."""
    node.require(len(node.inputs) >= 1, "needs inputs")
    if all(importer.is_constant(n) for n in node.inputs) and not importer.keep_integers:
        raise node.unsupported("all its inputs are constant, which is not folded for this operator")
    result = importer.tensor(node.inputs[0])
    for index, other in enumerate(node.inputs[1:], 2):
        stem = node.outputs[0] if index == len(node.inputs) else f"{node.outputs[0]}_{index}"
        result = apply(importer, name, result, operand(importer, node, other), stem)
    importer.bind(node.outputs[0], result)


def operand(importer: Importer, node: OnnxNode, name: str) -> str:
    """A value as float tensor. Raises UnsupportedError for integer arithmetic on activations."""
    value = importer.value(name)
    if isinstance(value, Constant) and value.quantization is None and value.array.dtype.kind != "f":
        raise node.unsupported(f"mixes activations with constants of type {value.array.dtype}")
    return importer.tensor(name)


def apply(importer: Importer, name: str, a: str, b: str, stem: str) -> str:
    """One broadcasting operator; float output. A computed operand comes first where the order is free."""
    if name != "sub" and importer.graph.tensors[a].is_constant:
        a, b = b, a
    return importer.emit(operators()[name](), [a, b], stem, dtype="float32")


def scalar(importer: Importer, value: float, stem: str) -> str:
    """A graph constant of shape (1,)."""
    return importer.add_constant(np.array([value], np.float32), stem)


def fold_binary(node: OnnxNode, arrays: list[Array], function: np.ufunc) -> list[Array]:
    """Constant folding of a variadic elementwise operator."""
    result = arrays[0]
    for other in arrays[1:]:
        check_size(node, np.broadcast_shapes(result.shape, other.shape))
        result = function(result, other).astype(result.dtype)
    return [result]
