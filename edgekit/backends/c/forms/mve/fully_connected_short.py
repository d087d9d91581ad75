"""Fully connected, 16 to 64 inputs, some numbers of units: `firmware/src/fully_connected_short_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve._short import short

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    return short(call, integer(call.fields, "batches"))
