"""Fully connected, 16 to 64 inputs: `batches` pixels of a 1x1 convolution, `firmware/src/pointwise_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pointwise import pointwise
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    return pointwise(call, row(call))


def row(call: Call) -> dict[str, int]:
    """The samples as a picture of one row."""
    ones = dict.fromkeys(("batches", "in_h", "out_h", "stride_h", "stride_w"), 1)
    return ones | dict.fromkeys(("in_w", "out_w"), integer(call.fields, "batches"))
