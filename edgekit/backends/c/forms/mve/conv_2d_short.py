"""1x1 convolution of few pixels one after another: `fully_connected_short_mve.c`, `_few_mve.c` and `_tiny_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._connected_few import few
from edgekit.backends.c.forms.mve._connected_tiny import tiny
from edgekit.backends.c.forms.mve._pairs import places
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve._short import short
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR = "conv_2d"


def form(layer: Layer, call: Call) -> list[Call]:
    geometry, in_c = picture(call), integer(call.fields, "in_c")
    found = None if geometry is None else places(geometry, in_c)
    if found is None or not np.array_equal(found, in_c * np.arange(len(found))):
        return []
    return [c for c in (kernel(call, len(found)) for kernel in (short, few, tiny)) if c is not None]
