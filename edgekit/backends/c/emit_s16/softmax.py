"""Softmax of int16."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.graph.ops.softmax import Softmax
from edgekit.reference.wide_tables import exp_table, reciprocal_table, softmax_multiplier


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Softmax)
    x = layer.input(0)
    count = x.shape[-1]
    m, shift = softmax_multiplier(layer.op.beta, x)
    fields: dict[str, Value] = {"rows": x.elements // count, "count": count, "multiplier": m, "shift": shift}
    fields |= {"exponentials": exp_table().astype(np.int16), "reciprocals": reciprocal_table().astype(np.int16)}
    return Call("softmax_s16", fields, in_place=(0,))
