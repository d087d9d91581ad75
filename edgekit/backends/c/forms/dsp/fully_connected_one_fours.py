"""Fully connected layers of one output, four samples at a time."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._lines import of_samples
from edgekit.backends.c.forms.dsp._one_fours import one_fours
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    real = (effective_scale if call.fields["per_channel"] else product_scale)(x, w, layer.outputs[0])
    return one_fours(layer, call, real, of_samples(layer))
