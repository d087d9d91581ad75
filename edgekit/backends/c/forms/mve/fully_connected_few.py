"""Fully connected, few outputs in all: `firmware/src/fully_connected_few_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._connected_few import few
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    return few(call, integer(call.fields, "batches"))
