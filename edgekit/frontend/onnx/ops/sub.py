"""Sub, broadcasting."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.elementwise import binary, fold_binary
from edgekit.frontend.onnx.importer import Array, Importer
from edgekit.frontend.onnx.node import OnnxNode


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    return fold_binary(node, arrays, np.subtract)


def emit(importer: Importer, node: OnnxNode) -> None:
    binary(importer, node, "sub")
