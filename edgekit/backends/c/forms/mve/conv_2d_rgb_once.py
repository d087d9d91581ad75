"""3x3 convolution of 3 channels by one multiplication an output, `firmware/src/conv_2d_rgb_once_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._lines import lines

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    return lines(call, 3, "conv_2d_rgb_once_mve", single=True)
