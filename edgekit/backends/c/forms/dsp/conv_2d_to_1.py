"""Convolution of 1x1 taps into one channel, pixel by pixel."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._to_1 import to_1
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    lines = of_pixels(layer, call)
    if lines is None:
        return None
    real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
    return to_1(layer, call, real, lines)
