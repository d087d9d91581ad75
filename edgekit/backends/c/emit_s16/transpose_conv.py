"""Transposed convolution, 16x8."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, window_fields
from edgekit.backends.c.emit_s16._products import product_fields
from edgekit.graph.ops.transpose_conv import TransposeConv
from edgekit.reference.requantize import effective_scale


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, TransposeConv)
    op, x, w, y = layer.op, layer.input(0), layer.input(1), layer.outputs[0]
    channels = w.shape[0]
    undo = window_fields(y.shape, x.shape, (w.shape[1], w.shape[2]), op.stride, (1, 1))  # from y back to x
    fields = undo | {"in_h": x.shape[1], "in_w": x.shape[2], "in_c": x.shape[3]}
    fields |= {"out_h": y.shape[1], "out_w": y.shape[2], "out_c": channels}
    real = np.broadcast_to(effective_scale(x, w, y), (channels,))
    return Call("transpose_conv_s16", {**fields, **product_fields(layer, real, channels, op.activation)})
