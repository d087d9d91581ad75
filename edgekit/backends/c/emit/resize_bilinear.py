"""Bilinear resizing."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from edgekit.reference.ops.resize_bilinear import places


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, ResizeBilinear)
    op, x = layer.op, layer.input(0).shape
    (scale_h, offset_h), (scale_w, offset_w) = (places(op, x[1 + i], op.size[i]) for i in range(2))
    fields = {"batches": x[0], "in_h": x[1], "in_w": x[2], "channels": x[3], "out_h": op.size[0], "out_w": op.size[1]}
    fields |= {"scale_h": scale_h, "offset_h": offset_h, "scale_w": scale_w, "offset_w": offset_w}
    return Call("resize_bilinear", fields)
