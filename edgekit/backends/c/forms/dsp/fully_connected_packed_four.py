"""Fully connected layers of 4 inputs, outputs stored by eights or fours: a pixel for every sample."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._lines import of_samples
from edgekit.backends.c.forms.dsp._packed_four import packed_four
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    real = (effective_scale if call.fields["per_channel"] else product_scale)(
        layer.input(0), layer.input(1), layer.outputs[0]
    )
    return packed_four(layer, call, real, of_samples(layer))
