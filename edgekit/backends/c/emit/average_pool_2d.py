"""Average pooling."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.pool import pool
from edgekit.graph.ops.average_pool_2d import AveragePool2D


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, AveragePool2D)
    return pool(layer, "average_pool_2d", layer.op.window, layer.op.stride, layer.op.activation)
