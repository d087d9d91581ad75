"""One-dimensional signals: what handlers do with images (N, C, H, W) they do with (N, C, L) too, as images of one line.

The reshapes around the handler's operator move nothing, and the layout pass carries them together with its transposes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from edgekit.frontend.onnx.importer import Constant, Importer
from edgekit.frontend.onnx.layout import IMAGE_OPERATORS
from edgekit.frontend.onnx.node import OnnxNode

WITH_WEIGHTS = {"Conv": (1,), "ConvTranspose": (1,)}
WITH_SIZES = {"Resize": (2, 3), "Upsample": (1,)}
BEFORE = {"kernel_shape": 1, "strides": 1, "dilations": 1, "output_padding": 0, "output_shape": 1}
"""Attributes of one number for each axis, and that of the axis of length 1."""


def is_signal(importer: Importer, node: OnnxNode) -> bool:
    """Whether the node is an operator of images with a signal (N, C, L) for an input."""
    if node.op not in IMAGE_OPERATORS or node.op.startswith("QLinear") or not node.has(0):
        return False
    return len(importer.shape(node.inputs[0])) == 3


def emit(importer: Importer, node: OnnxNode, handler: Any) -> None:
    """Let the handler emit the node with its signals as images of one line."""
    x, name = importer.shape(node.inputs[0]), node.outputs[0]
    inputs = [_free(importer, f"{name}_line"), *node.inputs[1:]]
    importer.bind(inputs[0], importer.reshape(importer.tensor(node.inputs[0]), (*x[:2], 1, x[2]), inputs[0]))
    for index in (*WITH_WEIGHTS.get(node.op, ()), *WITH_SIZES.get(node.op, ())):
        if node.has(index):
            inputs[index] = _lifted(importer, node, index)
    handler.emit(importer, replace(node, inputs=tuple(inputs), attributes=_attributes(node)))
    if name in importer.values:
        n, c, _, length = importer.shape(name)
        image = importer.tensor(name)
        del importer.values[name]
        importer.bind(name, importer.reshape(image, (n, c, length), f"{name}_signal"))


def _lifted(importer: Importer, node: OnnxNode, index: int) -> str:
    """Weights (Co, Ci, K) as (Co, Ci, 1, K), scales and sizes with a 1 for the line."""
    value = importer.value(node.inputs[index])
    if isinstance(value, str):
        return node.inputs[index]  # which the handler refuses
    if node.op in WITH_WEIGHTS:
        node.require(value.array.ndim == 3, "weights of signals have 3 dimensions", value.array.shape)
        q = value.quantization
        lifted = Constant(value.array[:, :, None, :], q if q is None or q.axis != 2 else replace(q, axis=3))
    elif value.array.size == 0 or "axes" in node.attributes:
        return node.inputs[index]  # not given; of those axes only
    else:
        node.require(value.array.shape == (3,), "scales and sizes of signals are 3", value.array.shape)
        lifted = Constant(np.insert(value.array, 2, 1))
    name = _free(importer, f"{node.inputs[index]}_line")
    importer.bind(name, lifted)
    return name


def _attributes(node: OnnxNode) -> dict[str, Any]:
    found = dict(node.attributes)
    for key, before in BEFORE.items():
        if key in found:
            found[key] = [before, *node.integers(key, None, 1)]
    if "pads" in found:
        first, last = node.integers("pads", None, 2)
        found["pads"] = [0, first, 0, last]
    if "axes" in found:
        found["axes"] = [3 if axis in (2, -1) else axis for axis in node.integers("axes", None)]
    return found


def _free(importer: Importer, stem: str) -> str:
    """A name that no value has yet."""
    count, name = 0, stem
    while name in importer.values or name in importer.graph.tensors:
        count += 1
        name = f"{stem}_{count}"
    return name
