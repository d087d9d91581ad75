"""Fully connected, up to 16 inputs: `firmware/src/fully_connected_tiny_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._connected_tiny import tiny
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    return tiny(call, integer(call.fields, "batches"))
