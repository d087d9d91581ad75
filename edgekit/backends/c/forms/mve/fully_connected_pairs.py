"""Fully connected, 16, 24 or 32 inputs: `batches` pixels of a 1x1 convolution, `firmware/src/pointwise_pairs_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pairs import pairs
from edgekit.backends.c.forms.mve.fully_connected_pointwise import row

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    return pairs(call, row(call))
