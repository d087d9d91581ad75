"""Depthwise convolution."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, bias_of, multipliers, output_fields, window_fields
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.requantize import effective_scale


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, DepthwiseConv2D)
    op, x, w, y = layer.op, layer.input(0), layer.input(1), layer.outputs[0]
    channels, kernel = w.shape[3], (w.shape[1], w.shape[2])
    fields = window_fields(x.shape, y.shape, kernel, op.stride, op.dilation)
    fields |= {"depth_multiplier": channels // x.shape[3], "in_zero": x.zero_point}
    fields |= {"dilation_h": op.dilation[0], "dilation_w": op.dilation[1]}
    constants = {"weights": layer.data(1), "bias": bias_of(layer, channels)}
    return Call(
        "depthwise_conv_2d",
        {**fields, **output_fields(y, op.activation), **constants, **multipliers(effective_scale(x, w, y), channels)},
    )
