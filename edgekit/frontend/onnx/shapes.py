"""Shared by handlers that only change shapes."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.frontend.onnx.importer import Constant, Importer
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Quantization


def reshaped(importer: Importer, node: OnnxNode, shape: Sequence[int]) -> None:
    """Bind the node's output to its first input under another shape; constants stay constants."""
    value, target = importer.value(node.inputs[0]), tuple(shape)
    if isinstance(value, str):
        importer.bind(node.outputs[0], importer.reshape(importer.tensor(node.inputs[0]), target, node.outputs[0]))
        return
    try:
        array = value.array.reshape(target)
    except (ValueError, OverflowError) as error:
        raise node.unsupported(f"cannot reshape {value.array.shape} to {target}") from error
    importer.bind(node.outputs[0], Constant(array, _moved(node, value, target)))


def _moved(node: OnnxNode, value: Constant, shape: tuple[int, ...]) -> Quantization | None:
    """Quantization of a reshaped constant: the channel axis must survive."""
    q = value.quantization
    if q is None or q.axis is None:
        return q
    before = value.array.shape
    for axis, size in enumerate(shape):
        same = size == before[q.axis] and _product(shape[:axis]) == _product(before[: q.axis])
        if same:
            return Quantization(q.scale, q.zero_point, axis)
    raise node.unsupported("reshapes weights across their channel axis")


def _product(dims: Sequence[int]) -> int:
    result = 1
    for d in dims:
        result *= d
    return result


def axes_of(importer: Importer, node: OnnxNode, rank: int, what: str = "the axes") -> list[int] | None:
    """Axes from the second input or the attribute, not negative; None when not given."""
    axes = importer.integers(node, 1, what)
    if axes is None:
        axes = node.integers("axes", []) or None
    if axes is None:
        return None
    node.require(all(-rank <= a < rank for a in axes), "the axes must exist", axes)
    result = [a % rank for a in axes]
    node.require(len(set(result)) == len(result), "axes must not repeat", axes)
    return result
