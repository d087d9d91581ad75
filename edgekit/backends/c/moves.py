"""What the emitters share that move values and compute nothing: bytes, whatever the type."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from edgekit.backends.c.call import RANK, Alias, Call, Layer, Value, padded

ANY_TYPE = ("int8", "uint8", "int16", "int32", "int64", "float32", "bool")


def item_bytes(layer: Layer) -> int:
    return np.dtype(layer.outputs[0].dtype).itemsize


def row_major(shape: Sequence[int]) -> list[int]:
    """Elements from one index to the next along every axis."""
    return [prod(shape[d + 1 :]) for d in range(len(shape))]


def blocks(shape: Sequence[int], strides: Sequence[int], item: int) -> tuple[list[int], list[int], int]:
    """The same walk over `shape` with `strides` in elements: dims and strides in bytes of the largest blocks.

    Returns:
        dims, strides in bytes, and bytes of a block; axes that lie together are one.
    """
    axes = [(n, s * item) for n, s in zip(shape, strides, strict=True) if n > 1]
    block = item
    while axes and axes[-1][1] == block:
        block *= axes.pop()[0]
    merged: list[tuple[int, int]] = []
    for count, step in axes:
        if merged and merged[-1][1] == count * step:
            merged[-1] = (merged[-1][0] * count, step)
        else:
            merged.append((count, step))
    return [n for n, _ in merged], [s for _, s in merged], block


def strided_copy(x: Sequence[int], dims: Sequence[int], strides: Sequence[int], start: int, item: int) -> Call | Alias:
    """y = x[start + walk over `dims` with `strides`]; an Alias where y is x in its order.

    Args:
        x: the input's shape. dims: the output's; start and strides: in elements of x. item: bytes of one.
    """
    sizes, steps, block = blocks(dims, strides, item)
    if block == prod(x) * item:
        return Alias()
    places = {"dims": padded(sizes, 1), "strides": padded(steps, 0)}
    return Call("copy", {"count": prod(sizes), **places, "start": start * item, "block": block})


def whole_copy(count: int) -> Call:
    """y = x, `count` bytes."""
    return Call("copy", {"count": 1, "dims": padded((), 1), "strides": padded((), 0), "start": 0, "block": count})


def joined(layer: Layer, whole: Sequence[int], axis: int, parts: Sequence[Sequence[int]]) -> dict[str, Value]:
    """Rows of the axes before `axis`, and bytes of each part in one row."""
    sizes = [prod(part[axis:]) * item_bytes(layer) for part in parts]
    return {"rows": prod(whole[:axis]), "blocks": np.array(sizes, np.int32)}


assert RANK >= 6  # MAX_RANK of the IR
