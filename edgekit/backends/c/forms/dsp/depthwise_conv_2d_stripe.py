"""Depthwise convolution of few channels, or into many: `firmware/src/conv_2d_stripe_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.backends.c.forms.dsp._stripe import stripe_calls
from edgekit.reference.requantize import effective_scale

OPERATOR = "depthwise_conv_2d"
FEW = 4  # channels, from which on others are better


def form(layer: Layer, call: Call) -> list[Call]:
    """Every input channel is a part of its own; nothing where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    _, height, width, channels = w.shape
    parts = x.shape[3]
    if parts == channels and parts >= FEW:
        return []
    weights = layer.data(1)[0].transpose(2, 0, 1)
    real = effective_scale(x, w, layer.outputs[0])
    bias, clamp = bias_of(layer, channels), clamp_of(call)
    folded = fold(weights.reshape(channels, -1), bias, x.zero_point, real, clamp, wide=True)
    if folded is None:
        return []
    return stripe_calls(layer, call, (parts, channels // parts, height, width, 1), folded, halves=True)
