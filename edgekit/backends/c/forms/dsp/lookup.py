"""Functions of one value for cores with the DSP extension: `firmware/src/lookup_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.table import by_unsigned

KERNEL = "lookup"


def form(layer: Layer, call: Call) -> Call:
    return by_unsigned(call, "lookup_dsp", count=layer.outputs[0].elements)
