"""Slice with constant bounds."""

from __future__ import annotations

from edgekit.frontend.onnx.importer import Array, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph.ops.strided_slice import StridedSlice


def fold(node: OnnxNode, arrays: list[Array]) -> list[Array]:
    lists = [
        None if len(arrays) <= i or arrays[i] is None else [int(v) for v in arrays[i].reshape(-1)] for i in range(5)
    ]
    begin, end, strides = _bounds(node, arrays[0].shape, *lists[1:])
    cut = tuple(slice(b, None if e < 0 else e, s) for b, e, s in zip(begin, end, strides, strict=True))
    return [arrays[0][cut].copy()]


def emit(importer: Importer, node: OnnxNode) -> None:
    lists = [importer.integers(node, i, what) for i, what in enumerate(("starts", "ends", "axes", "steps"), 1)]
    begin, end, strides = _bounds(node, importer.shape(node.inputs[0]), *lists)
    sizes = [-(-(e - b) // s) for b, e, s in zip(begin, end, strides, strict=True)]
    node.require(min(sizes, default=1) > 0, "the slice must not be empty", sizes)
    op = StridedSlice(tuple(begin), tuple(end), tuple(strides))
    importer.bind(node.outputs[0], importer.emit(op, [importer.tensor(node.inputs[0])], node.outputs[0]))


def _bounds(
    node: OnnxNode, shape: tuple[int, ...], starts: list[int] | None, ends: list[int] | None,
    axes: list[int] | None, steps: list[int] | None,
) -> tuple[list[int], list[int], list[int]]:  # fmt: skip
    """begin, end and stride of every axis; an end of -1 with a negative stride means: up to the first element."""
    rank = len(shape)
    starts, ends = starts or [], ends or []
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    node.require(len(starts) == len(ends) == len(axes) == len(steps), "starts, ends, axes and steps must pair up")
    node.require(all(-rank <= a < rank for a in axes) and 0 not in steps, "axes must exist, steps must not be 0")
    begin, end, strides = [0] * rank, list(shape), [1] * rank
    for start, stop, axis, step in zip(starts, ends, axes, steps, strict=True):
        axis %= rank
        begin[axis], end[axis], strides[axis] = (*slice(start, stop, step).indices(shape[axis])[:2], step)
    return begin, end, strides
