"""STRIDED_SLICE. Reading resolves the masks, so that what is written has few of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.strided_slice import StridedSlice

BUILTIN = "STRIDED_SLICE"
OPTIONS = "StridedSliceOptions"
MASKS = ("BeginMask", "EndMask", "EllipsisMask", "ShrinkAxisMask")


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    """Walks over the file's specification: an entry is one axis, or an ellipsis of several."""
    shape = present(inputs[0], "the input").shape
    vectors = [codec.integers(t, "begin, end and strides") for t in inputs[1:4]]
    if len(vectors) != 3 or len({len(v) for v in vectors}) != 1:
        raise ShapeError("begin, end and strides must be three vectors of equal length")
    masks = {name: getattr(options, name)() for name in MASKS}
    if options.NewAxisMask():
        raise codec.Unsupported("new axes in a slice: export them as a reshape or an expand_dims")
    if options.Offset() and (masks["BeginMask"] or masks["EndMask"] or masks["EllipsisMask"]):
        raise codec.Unsupported("ends as offsets together with masks: runtimes disagree about them")
    axes: list[tuple[int, int, int]] = []
    shrink: list[int] = []
    left_out = len(shape) - len(vectors[0])
    for i, (begin, end, stride) in enumerate(zip(*vectors, strict=True)):
        bits = {name: bool(mask >> i & 1) for name, mask in masks.items()}
        if bits["EllipsisMask"]:
            axes += [(0, size, 1) for size in shape[len(axes) : len(axes) + left_out + 1]]
            left_out = 0
            continue
        if bits["ShrinkAxisMask"]:
            shrink.append(len(axes))
        axes.append(_resolve(_size(shape, len(axes)), begin, end, stride, bits, bool(options.Offset())))
    axes += [(0, size, 1) for size in shape[len(axes) :]]
    begins, ends, strides = zip(*axes, strict=True) if axes else ((), (), ())
    return Decoded(StridedSlice(begins, ends, strides, tuple(shrink)), [0])


def _size(shape: tuple[int, ...], axis: int) -> int:
    if axis >= len(shape):
        raise ShapeError(f"the slice has more axes than the input {shape}")
    return shape[axis]


def _resolve(size: int, begin: int, end: int, stride: int, bits: dict[str, bool], offset: bool) -> tuple[int, int, int]:
    """(begin, end, stride) with masks, negative indices and clamping done; end is -1 where it lies before index 0."""
    if stride == 0:
        raise ShapeError("strides are not 0")
    low, high = (0, size) if stride > 0 else (-1, size - 1)
    first = min(max(begin + size if begin < 0 else begin, low), high)
    if bits["BeginMask"]:
        first = 0 if stride > 0 else size - 1
    if bits["ShrinkAxisMask"]:
        if stride < 0 or not 0 <= first < size or not -size <= begin < size:
            raise ShapeError(f"one element is taken of a dropped axis, found index {begin} of {size}, stride {stride}")
        return first, first + 1, 1
    if offset:
        if not -1 <= first + end <= size:
            raise ShapeError(f"{end} elements from index {first} go beyond the {size} that there are")
        return first, first + end, stride
    last = min(max(end + size if end < 0 else end, low), high)
    if bits["EndMask"]:
        last = high if stride > 0 else low
    return first, last, stride


def write(op: StridedSlice, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    options = {
        "endMask": sum(1 << axis for axis, end in enumerate(op.end) if end == -1),  # as a number, -1 means the last
        "shrinkAxisMask": sum(1 << axis for axis in op.shrink_axes),
    }
    return Encoded(options, [0, *(codec.int32(values) for values in (op.begin, op.end, op.strides))])


def version(op: StridedSlice, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if len(op.begin) > 4:
        return 4
    return 2 if codec.is_int8(inputs[:1]) else 1
