"""Convolution of few inputs or few outputs: `firmware/src/conv_2d_stripe_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.backends.c.forms.dsp._stripe import stripe_calls
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
FEW = 4096  # weights of a layer that may take twice their bytes
PAIRED = 512  # taps that pairs of channels may have whatever the weights


def form(layer: Layer, call: Call) -> list[Call]:
    """Nothing where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    weights = layer.data(1)
    if w.shape[3] != x.shape[3]:
        return []
    real = effective_scale(x, w, layer.outputs[0])
    bias, clamp = bias_of(layer, w.shape[0]), clamp_of(call)
    folded = fold(weights.reshape(w.shape[0], -1), bias, x.zero_point, real, clamp, wide=True)
    if folded is None:
        return []
    halves = weights.size <= FEW or weights[0].size > PAIRED or not folded.plain
    return stripe_calls(layer, call, (1, *weights.shape), folded, halves)
