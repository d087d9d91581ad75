"""Subtraction of int16."""

from __future__ import annotations

from edgekit.backends.c.binary import scaled_sum
from edgekit.backends.c.call import Call, Layer
from edgekit.graph.ops.sub import Sub


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Sub)
    return scaled_sum(layer, layer.op.activation, -1)
