"""Transposition."""

from __future__ import annotations

from edgekit.backends.c.call import Alias, Call, Layer
from edgekit.backends.c.moves import ANY_TYPE, item_bytes, row_major, strided_copy
from edgekit.graph.ops.transpose import Transpose

TYPES = ANY_TYPE


def emit(layer: Layer) -> Call | Alias:
    assert isinstance(layer.op, Transpose)
    x, steps = layer.input(0).shape, row_major(layer.input(0).shape)
    order = layer.op.permutation
    return strided_copy(x, [x[d] for d in order], [steps[d] for d in order], 0, item_bytes(layer))
