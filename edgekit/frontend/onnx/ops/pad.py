"""Pad with a constant."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.pad import Pad
from edgekit.graph.ops.strided_slice import StridedSlice


def emit(importer: Importer, node: OnnxNode) -> None:
    shape = importer.shape(node.inputs[0])
    rank, name = len(shape), node.outputs[0]
    mode = node.attribute("mode", "constant")
    if mode != "constant":
        raise node.unsupported(f"mode {mode!r:.20} is not supported, constant is")
    widths = importer.required_integers(node, 1, "the pads")
    axes = importer.integers(node, 3, "the axes")
    axes = list(range(rank)) if axes is None else axes
    node.require(all(-rank <= a < rank for a in axes), "the axes must exist", axes)
    node.require(len(widths) == 2 * len(axes), "needs two pads per axis", widths)
    node.require(all(abs(w) < 1 << 16 for w in widths), "pads must not be giant")
    sides = [(0, 0)] * rank
    for i, axis in enumerate(axes):
        sides[axis % rank] = (widths[i], widths[len(axes) + i])
    value = importer.constant(node, 2, "the value")
    fill = 0.0 if value is None else float(value.reshape(-1)[0]) if value.size == 1 else np.nan
    node.require(bool(np.isfinite(fill)), "the value must be one finite number", fill)
    tensor = importer.tensor(node.inputs[0])
    if any(min(s) < 0 for s in sides):  # negative pads crop
        begin = tuple(max(-b, 0) for b, _ in sides)
        end = tuple(d - max(-e, 0) for d, (_, e) in zip(shape, sides, strict=True))
        node.require(all(b < e for b, e in zip(begin, end, strict=True)), "crops everything away", sides)
        tensor = importer.emit(StridedSlice(begin, end, (1,) * rank), [tensor], f"{name}_cropped")
        sides = [(max(b, 0), max(e, 0)) for b, e in sides]
    if any(map(any, sides)):
        tensor = importer.emit(Pad(tuple(sides), value=fill), [tensor], name)
    importer.bind(name, tensor)
