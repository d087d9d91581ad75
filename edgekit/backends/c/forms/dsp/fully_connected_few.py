"""Fully connected layers of few outputs: pairs of channels, whose weights take two bytes each."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._few import few
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f = call.fields
    real = (effective_scale if f["per_channel"] else product_scale)(layer.input(0), layer.input(1), layer.outputs[0])
    return few(layer, call, real, {"lines": 1, "line_step": 0, "samples": f["batches"], "step": f["in_c"]})
