"""1x1 convolution of 16 to 64 channels: `firmware/src/pointwise_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pointwise import pointwise
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR = "conv_2d"
PICTURE = ("batches", "in_h", "in_w", "out_h", "out_w", "stride_h", "stride_w")


def form(layer: Layer, call: Call) -> Call | None:
    found = picture(call)
    return None if found is None else pointwise(call, found)


def picture(call: Call) -> dict[str, int] | None:
    """The geometry of a 1x1 convolution without padding; None of others."""
    fields = call.fields
    if any(integer(fields, f"kernel_{side}") != 1 for side in "hw") or fields["pad_top"] or fields["pad_left"]:
        return None
    return {name: integer(fields, name) for name in PICTURE}
