"""Shared by the pooling handlers."""

from __future__ import annotations

from typing import cast

import numpy as np

from edgekit.frontend.onnx.elementwise import apply
from edgekit.frontend.onnx.images import Pair, Window, window
from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.graph.ops.pad import Pad

PASSING = frozenset(("transpose", "reshape", "max_pool_2d", "average_pool_2d", "dequantize", "quantize"))
LOWEST = float(np.finfo(np.float32).min)


def max_pool(importer: Importer, node: OnnxNode, area: Window) -> str:
    """NHWC result; padding that is not SAME or VALID becomes a pad, of zeros where no value is below (which keeps the
    range of values for quantization), else of the lowest value."""
    if area.dilation != (1, 1):
        raise node.unsupported("dilated pooling is not supported")
    tensor, padding = importer.nhwc(node), area.padding
    if padding is None:
        padding = "valid"
        border = 0.0 if _not_negative(importer, tensor) else LOWEST
        tensor = importer.emit(Pad(area.border, value=border), [tensor], f"{node.outputs[0]}_padded")
    return importer.emit(MaxPool2D(area.kernel, area.stride, padding), [tensor], node.outputs[0])


def average_pool(importer: Importer, node: OnnxNode, area: Window, include_pad: bool) -> str:
    """NHWC result. SAME in the graph leaves padding out of the mean; other ways to count correct the mean of the
    zero-padded window by a constant factor per position."""
    if area.dilation != (1, 1):
        raise node.unsupported("dilated pooling is not supported")
    name, tensor, padding = node.outputs[0], importer.nhwc(node), area.padding
    padded = any(map(any, area.pads))
    if padding == "valid" or (padding == "same" and not (include_pad and padded)):
        return importer.emit(AveragePool2D(area.kernel, area.stride, padding), [tensor], name)
    tensor = importer.emit(Pad(area.border), [tensor], f"{name}_padded")
    counts = np.outer(*(_counts(area, i, include_pad) for i in range(2)))
    factor = (np.prod(area.kernel) / counts).astype(np.float32)
    if (factor == 1).all():
        return importer.emit(AveragePool2D(area.kernel, area.stride, "valid"), [tensor], name)
    tensor = importer.emit(AveragePool2D(area.kernel, area.stride, "valid"), [tensor], f"{name}_sum")
    return apply(importer, "mul", tensor, importer.add_constant(factor[None, :, :, None], f"{name}_factor"), name)


def _not_negative(importer: Importer, tensor: str) -> bool:
    node = importer.writers.get(tensor)
    for _ in range(32):
        if node is not None and node.op.name in PASSING:
            node = importer.writers.get(str(node.inputs[0]))
    return node is not None and node.op.name in ("relu", "relu6", "logistic", "softmax")


def _counts(area: Window, axis: int, include_pad: bool) -> np.ndarray:
    """How many positions each window along one axis counts; the overhang of ceil_mode never counts."""
    before, after = area.pads[axis]
    counted = np.ones(before + area.size[axis] + after)
    if not include_pad:
        counted[:before] = 0
        counted[before + area.size[axis] :] = 0
    starts = np.arange(area.output[axis]) * area.stride[axis]
    return np.array([counted[s : s + area.kernel[axis]].sum() for s in starts])


def pool_window(importer: Importer, node: OnnxNode) -> Window:
    """The window of a pooling node."""
    return window(importer, node, cast(Pair, tuple(node.integers("kernel_shape", None, 2))))
