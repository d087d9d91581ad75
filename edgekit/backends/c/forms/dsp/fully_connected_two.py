"""Fully connected layers of two outputs, two samples at a time: `firmware/src/fully_connected_two_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import halves
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"
UNITS, WORD, MOST = 2, 4, 32  # outputs; inputs
CODE = 60  # bytes for four inputs
FILE = "fully_connected_two_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w = call.fields, layer.input(0), layer.input(1)
    (units, inputs), outputs = w.shape, layer.outputs[0].elements
    low, high, zero = (int(f[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if units != UNITS or inputs % WORD or inputs > MOST or outputs % (2 * UNITS) or (low, high) != (-128, 127):
        return None
    real = (effective_scale if f["per_channel"] else product_scale)(x, w, layer.outputs[0])
    folded = fold(layer.data(1), bias_of(layer, units), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    words = halves(folded.halves).view(np.int32).T.reshape(-1)  # of every two inputs both units'
    constants = np.stack([folded.multiplier, folded.divider], axis=1).reshape(-1)
    stream = np.concatenate([folded.start, folded.start, words, constants, [zero]]).astype(np.int32)
    fields: dict[str, Value] = {"stream": stream, "outputs": outputs, "in_c": inputs}
    return Call(FILE, fields | {"skip": (MOST - inputs) // WORD * CODE})
