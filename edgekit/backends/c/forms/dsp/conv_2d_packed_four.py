"""Convolution of 1x1 taps, 4 inputs, outputs stored by eights or fours."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._packed_four import packed_four
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    lines = of_pixels(layer, call)
    if lines is None:
        return None
    real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
    return packed_four(layer, call, real, lines)
