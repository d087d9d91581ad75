"""Split along one axis."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.split import Split


def emit(importer: Importer, node: OnnxNode) -> None:
    shape = importer.shape(node.inputs[0])
    axis = node.attribute("axis", 0)
    node.require(-len(shape) <= axis < len(shape), "the axis must exist", axis)
    axis %= len(shape)
    sizes = importer.integers(node, 1, "the sizes")
    if sizes is None:
        count = len(node.outputs)
        part = -(-shape[axis] // count)
        sizes = [part] * (count - 1) + [shape[axis] - part * (count - 1)]
    node.require(len(sizes) == len(node.outputs) and sum(sizes) == shape[axis] and min(sizes) > 0,
                 f"the sizes must be positive and add up to {shape[axis]}", sizes)  # fmt: skip
    names = [n or f"{node.outputs[0]}_unused{i}" for i, n in enumerate(node.outputs)]
    tensors = importer.emit_all(Split(axis=axis, sizes=tuple(sizes)), [importer.tensor(node.inputs[0])], names)
    for name, tensor in zip(node.outputs, tensors, strict=True):
        if name:
            importer.bind(name, tensor)
