"""Maximum pooling."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.pool import pool
from edgekit.graph.ops.max_pool_2d import MaxPool2D


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, MaxPool2D)
    return pool(layer, "max_pool_2d", layer.op.window, layer.op.stride, layer.op.activation)
