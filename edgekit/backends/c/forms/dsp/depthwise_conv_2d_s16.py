"""Depthwise convolution, 16x8: four channels tap by tap, `firmware/src/depthwise_conv_2d_s16_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._pack_s16 import fits_32_bits

OPERATOR, TYPE = "depthwise_conv_2d", "int16"
CHANNELS = 4
LEFT_OUT = ("dilation_h", "dilation_w", "depth_multiplier")


def form(layer: Layer, call: Call) -> Call | None:
    """None for dilated windows, several outputs per channel, channels that are no fours, and sums beyond int32."""
    f = call.fields
    weights, bias = np.asarray(f["weights"]), np.asarray(f["bias"])
    if (f["dilation_h"], f["dilation_w"], f["depth_multiplier"]) != (1, 1, 1) or weights.shape[3] % CHANNELS:
        return None
    if not fits_32_bits(weights.reshape(-1, weights.shape[3]).T, bias):
        return None
    fields: dict[str, Value] = {name: value for name, value in f.items() if name not in LEFT_OUT}
    fields |= {"weights": weights.astype(np.int16), "bias": bias.astype(np.int32)}
    return Call("depthwise_conv_2d_s16_dsp", fields)
