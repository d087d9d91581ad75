"""Softmax, with its exponentials as a table made by the simulator's own steps."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.graph.ops.softmax import Softmax
from edgekit.reference.ops.softmax import exponentials


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Softmax)
    x = layer.input(0)
    table = exponentials(layer.op.beta * float(x.scale)).astype(np.int32)
    radius = int(np.flatnonzero(table).max())
    count = x.shape[-1]
    fields: dict[str, Value] = {
        "rows": x.elements // count,
        "count": count,
        "radius": radius,
        "exponentials": table[: radius + 1],
    }
    return Call("softmax", fields, in_place=(0,))
