"""Nearest-neighbour resizing, with the pixels that are copied as tables made by the simulator's own steps."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.moves import ANY_TYPE, item_bytes
from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor
from edgekit.reference.ops.resize_nearest_neighbor import nearest

TYPES = ANY_TYPE


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, ResizeNearestNeighbor)
    op, x = layer.op, layer.input(0).shape
    if max(x[1:3]) > np.iinfo(np.int16).max:
        raise ValueError(f"takes images of up to 32767 rows and columns, found {x}")
    rows, columns = (nearest(op, x[1 + i], op.size[i]).astype(np.int16) for i in range(2))
    fields = {"batches": x[0], "in_h": x[1], "in_w": x[2], "out_h": op.size[0], "out_w": op.size[1]}
    pixel = x[3] * item_bytes(layer)
    return Call("resize_nearest_neighbor", {**fields, "pixel": pixel, "rows": rows, "columns": columns})
