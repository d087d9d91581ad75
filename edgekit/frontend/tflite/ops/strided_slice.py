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
MASKS = ("BeginMask", "EndMask", "EllipsisMask", "NewAxisMask", "ShrinkAxisMask")


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    """Walks over the file's specification: an entry is one axis, a new axis, or an ellipsis of several axes."""
    shape = present(inputs[0], "the input").shape
    vectors = [codec.integers(t, "begin, end and strides") for t in inputs[1:4]]
    if len(vectors) != 3 or len({len(v) for v in vectors}) != 1:
        raise ShapeError("begin, end and strides must be three vectors of equal length")
    masks = {
        m: getattr(options, m)() for m in ("BeginMask", "EndMask", "EllipsisMask", "NewAxisMask", "ShrinkAxisMask")
    }
    offset, count = bool(options.Offset()), len(vectors[0])
    new = [bool(masks["NewAxisMask"] >> i & 1) for i in range(count)]
    fills = len(shape) - sum(not n for n in new)  # axes that the entries leave out
    axes: list[tuple[int, int, int]] = []
    shrink: list[int] = []
    added: list[int] = []
    for i, (begin, end, stride) in enumerate(zip(*vectors, strict=True)):
        bits = {name: bool(mask >> i & 1) for name, mask in masks.items()}
        if bits["EllipsisMask"]:
            for _ in range(fills + (not new[i])):
                axes.append((0, _size(shape, len(axes)), 1))
            fills = 0
        elif new[i]:
            added.append(len(axes) - len(shrink) + len(added))
        else:
            size = _size(shape, len(axes))
            if bits["ShrinkAxisMask"]:
                shrink.append(len(axes))
            axes.append(_resolve(size, begin, end, stride, bits, offset))
    axes += [(0, size, 1) for size in shape[len(axes) :]]
    begins, ends, strides = zip(*axes, strict=True) if axes else ((), (), ())
    return Decoded(StridedSlice(begins, ends, strides, tuple(shrink), tuple(added)), [0])


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
    last = end + first if offset else end
    last = min(max(last + size if last < 0 else last, low), high)
    if bits["EndMask"]:
        last = high if stride > 0 else low
    return first, last, stride


def write(op: StridedSlice, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    entries: list[tuple[int, int, int]] = []
    masks = {name[0].lower() + name[1:]: 0 for name in MASKS}
    position = 0  # of the output

    def add_new_axes() -> None:
        nonlocal position
        while position in op.new_axes:
            masks["newAxisMask"] |= 1 << len(entries)
            entries.append((0, 1, 1))
            position += 1

    for axis, entry in enumerate(zip(op.begin, op.end, op.strides, strict=True)):
        add_new_axes()
        bit = 1 << len(entries)
        masks["endMask"] |= bit if entry[1] == -1 else 0  # written as a number, -1 would mean the last element
        masks["shrinkAxisMask"] |= bit if axis in op.shrink_axes else 0
        position += axis not in op.shrink_axes
        entries.append(entry)
    add_new_axes()
    return Encoded(masks, [0, *(codec.int32(values) for values in zip(*entries, strict=True))])


def version(op: StridedSlice, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if op.new_axes:
        return 6
    if len(op.begin) > 4:
        return 4
    return 2 if codec.is_int8(inputs[:1]) else 1
