"""Constant padding of int16."""

from __future__ import annotations

from math import prod

import numpy as np

from edgekit.backends.c.call import Alias, Call, Layer, padded
from edgekit.backends.c.moves import blocks, row_major
from edgekit.graph.ops.pad import Pad
from edgekit.reference.simulator import quantize_array


def emit(layer: Layer) -> Call | Alias:
    assert isinstance(layer.op, Pad)
    x, y = layer.input(0), layer.outputs[0]
    if x.shape == y.shape:
        return Alias()
    steps = row_major(y.shape)
    dims, strides, block = blocks(x.shape, steps, 2)
    value = int(quantize_array(np.array([layer.op.value], np.float32), y)[0])
    start = 2 * sum(b * s for (b, _), s in zip(layer.op.paddings, steps, strict=True))
    fields = {"elements": y.elements, "start": start, "count": prod(dims), "block": block, "value": value}
    return Call("pad_s16", {**fields, "dims": padded(dims, 1), "strides": padded(strides, 0)})
