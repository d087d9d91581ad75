"""1x1 convolution of 16, 24 or 32 channels, `firmware/src/pointwise_pairs_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pairs import pairs
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> Call | None:
    found = picture(call)
    return None if found is None else pairs(call, found)
