"""Convolution of windows of several taps, by bands of rows: `firmware/src/conv_2d_bands_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._bands import bands

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    return bands(call)
