"""Maximum pooling of int16."""

from __future__ import annotations

from dataclasses import replace

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.pool import pool
from edgekit.graph.ops.max_pool_2d import MaxPool2D


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, MaxPool2D)
    call = pool(layer, "max_pool_2d_s16", layer.op.window, layer.op.stride, layer.op.activation)
    return replace(call, source="pool_2d_s16")
