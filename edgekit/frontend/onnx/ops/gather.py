"""Gather of constants, and of one index of an activation."""

from __future__ import annotations

import numpy as np

from edgekit.frontend.onnx.importer import Array, Importer, check_size
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.strided_slice import StridedSlice


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    data, indices = arrays
    axis = node.attribute("axis", 0)
    node.require(-data.ndim <= axis < data.ndim and indices.dtype.kind in "iu", "axis and indices must fit")
    axis %= data.ndim
    check_size(node, data.shape[:axis] + indices.shape + data.shape[axis + 1 :])
    return [np.take(data, indices, axis=axis)]


def emit(importer: Importer, node: OnnxNode) -> None:
    shape = importer.shape(node.inputs[0])
    axis = node.attribute("axis", 0)
    node.require(-len(shape) <= axis < len(shape), "the axis must exist", axis)
    axis %= len(shape)
    indices = importer.required(node, 1, "the indices")
    node.require(indices.dtype.kind in "iu", "indices must be integers", indices.dtype)
    if indices.size != 1:
        raise node.unsupported("gathering several indices of an activation is not supported", "use Slice")
    index = int(indices.reshape(-1)[0])
    node.require(-shape[axis] <= index < shape[axis], "the index must exist", index)
    index %= shape[axis]
    begin = tuple(index if i == axis else 0 for i in range(len(shape)))
    end = tuple(index + 1 if i == axis else d for i, d in enumerate(shape))
    name = node.outputs[0]
    x = importer.emit(StridedSlice(begin, end, (1,) * len(shape)), [importer.tensor(node.inputs[0])], f"{name}_slice")
    result = (*shape[:axis], *indices.shape, *shape[axis + 1 :])
    importer.bind(name, importer.reshape(x, result, name))
