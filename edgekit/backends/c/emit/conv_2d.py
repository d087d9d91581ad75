"""Convolution."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value, bias_of, multipliers, output_fields, window_fields
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference.requantize import effective_scale


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Conv2D)
    op, x, w, y = layer.op, layer.input(0), layer.input(1), layer.outputs[0]
    channels, kernel = w.shape[0], (w.shape[1], w.shape[2])
    fields: dict[str, Value] = {**window_fields(x.shape, y.shape, kernel, op.stride, op.dilation)}
    fields |= {"out_c": channels, "dilation_h": op.dilation[0], "dilation_w": op.dilation[1], "in_zero": x.zero_point}
    fields |= output_fields(y, op.activation)
    weights, bias, real = layer.data(1), bias_of(layer, channels), effective_scale(x, w, y)
    return Call("conv_2d", {**fields, "weights": weights, "bias": bias, **multipliers(real, channels)})
