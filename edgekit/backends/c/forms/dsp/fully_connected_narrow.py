"""Fully connected layers of few inputs: a pixel for every sample."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._narrow import fits, narrow
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w = call.fields, layer.input(0), layer.input(1)
    if not fits(w.shape[1]):
        return None
    real = (effective_scale if f["per_channel"] else product_scale)(x, w, layer.outputs[0])
    ones = ("batches", "in_h", "out_h", "stride_h", "stride_w")
    pixels: dict[str, Value] = dict.fromkeys(ones, 1)
    pixels |= {"in_c": f["in_c"], "in_w": f["batches"], "out_w": f["batches"]}
    return narrow(layer, call, real, pixels)
