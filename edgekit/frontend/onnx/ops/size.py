"""Size: a constant, since all shapes are static."""

from __future__ import annotations

from math import prod

import numpy as np

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode


def emit(importer: Importer, node: OnnxNode) -> None:
    importer.bind(node.outputs[0], np.array(prod(importer.shape(node.inputs[0])), np.int64))
