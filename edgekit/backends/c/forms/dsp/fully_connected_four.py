"""Fully connected layers of four samples, few inputs and few outputs: `firmware/src/fully_connected_four_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._narrow import stream
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"
SAMPLES, SHAPES, THREE = 4, ((8, 3), (10, 3), (10, 4)), 3  # inputs and outputs that have a function
FILE = "fully_connected_four_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w = call.fields, layer.input(0), layer.input(1)
    units, inputs = w.shape
    low, high, zero = (int(f[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if (inputs, units) not in SHAPES or layer.outputs[0].elements != SAMPLES * units or (low, high) != (-128, 127):
        return None
    real = (effective_scale if f["per_channel"] else product_scale)(x, w, layer.outputs[0])
    folded = fold(layer.data(1), bias_of(layer, units), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    words = stream(folded)  # of each channel its bias, weights, multiplier and divider
    if units == THREE:
        words = np.concatenate([words[:, :-2].T.reshape(-1), words[:, -2:].reshape(-1), [zero]]).astype(np.int32)
    fields: dict[str, Value] = {"stream": words, "out_zero": zero}
    return Call(f"fully_connected_{inputs}_to_{units}_four_dsp", fields, source=FILE)
