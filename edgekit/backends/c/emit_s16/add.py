"""Addition of int16."""

from __future__ import annotations

from edgekit.backends.c.binary import scaled_sum
from edgekit.backends.c.call import Call, Layer
from edgekit.graph.ops.add import Add


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Add)
    return scaled_sum(layer, layer.op.activation, 1)
