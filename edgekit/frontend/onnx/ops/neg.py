"""Neg: multiplication by -1."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.elementwise import apply, scalar
from edgekit.frontend.onnx.importer import Array, Importer
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    return [np.negative(arrays[0])]


def emit(importer: Importer, node: OnnxNode) -> None:
    name = node.outputs[0]
    factor = scalar(importer, -1.0, f"{name}_factor")
    importer.bind(name, apply(importer, "mul", importer.tensor(node.inputs[0]), factor, name))
