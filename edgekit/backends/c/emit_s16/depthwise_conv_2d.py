"""Depthwise convolution, 16x8."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, window_fields
from edgekit.backends.c.emit_s16._products import product_fields
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.requantize import effective_scale


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, DepthwiseConv2D)
    op, x, w, y = layer.op, layer.input(0), layer.input(1), layer.outputs[0]
    channels = w.shape[3]
    fields = window_fields(x.shape, y.shape, (w.shape[1], w.shape[2]), op.stride, op.dilation)
    fields |= {"depth_multiplier": channels // x.shape[3]}
    fields |= {"dilation_h": op.dilation[0], "dilation_w": op.dilation[1]}
    real = np.broadcast_to(effective_scale(x, w, y), (channels,))
    return Call("depthwise_conv_2d_s16", {**fields, **product_fields(layer, real, channels, op.activation)})
