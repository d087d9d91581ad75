"""Shape: a constant, since all shapes are static."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode


def emit(importer: Importer, node: OnnxNode) -> None:
    shape = importer.shape(node.inputs[0])
    start = node.attribute("start", 0)
    end = node.attribute("end", len(shape))
    importer.bind(node.outputs[0], np.array(shape[start:end], np.int64))
