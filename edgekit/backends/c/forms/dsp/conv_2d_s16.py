"""Convolution, 16x8: two pixels times two channels, `firmware/src/conv_2d_s16_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._pack_s16 import call_of

OPERATOR, TYPE = "conv_2d", "int16"
LEFT_OUT = ("weights", "bias", "multiplier", "shift", "low", "high", "dilation_h", "dilation_w")


def form(layer: Layer, call: Call) -> Call | None:
    """None for dilated windows, and where an accumulator may leave int32."""
    if (call.fields["dilation_h"], call.fields["dilation_w"]) != (1, 1):
        return None
    geometry: dict[str, Value] = {name: value for name, value in call.fields.items() if name not in LEFT_OUT}
    weights = np.asarray(call.fields["weights"])
    return call_of(weights.reshape(weights.shape[0], -1), call, geometry)
