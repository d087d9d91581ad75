"""Strided slice."""

from __future__ import annotations

from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.moves import ANY_TYPE, item_bytes, row_major, strided_copy
from edgekit.graph.ops.strided_slice import StridedSlice

TYPES = ANY_TYPE


def emit(layer: Layer) -> Call | Alias:
    assert isinstance(layer.op, StridedSlice)
    op, x, steps = layer.op, layer.input(0).shape, row_major(layer.input(0).shape)
    taken = [len(range(*cut)) for cut in zip(op.begin, op.end, op.strides, strict=True)]
    start = sum(b * s for b, s in zip(op.begin, steps, strict=True))
    return strided_copy(x, taken, [a * s for a, s in zip(op.strides, steps, strict=True)], start, item_bytes(layer))
