"""Convolution of 1x1 taps and few inputs."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._narrow import fits, narrow
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, lines = layer.input(0), of_pixels(layer, call)
    if lines is None or not fits(x.shape[3]):
        return None
    return narrow(layer, call, effective_scale(x, layer.input(1), layer.outputs[0]), lines)
