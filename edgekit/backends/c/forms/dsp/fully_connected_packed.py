"""Fully connected layers of one sample, 10 inputs, 4 outputs: `firmware/src/fully_connected_packed_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._narrow import stream
from edgekit.backends.c.forms.dsp._packed import dividers
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"
SHAPE = (4, 10)  # outputs, inputs
# In the order of the code: the output, then bias, one of five words of weights, multiplier or divider.
WORDS = "0b 04 02 1b 13 12 2b 22 23 03 3b 33 34 32 14 24 01 11 21 31 00 10 20 30 0m 1m 2m 0d 1d 2d 3m 3d"
COLUMNS = "b01234md"  # of `stream`
FILE = "fully_connected_packed_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w, y = call.fields, layer.input(0), layer.input(1), layer.outputs[0]
    if w.shape != SHAPE or y.elements != SHAPE[0] or (f["low"], f["high"]) != (-128, 127):
        return None
    real = (effective_scale if f["per_channel"] else product_scale)(x, w, y)
    folded = fold(layer.data(1), bias_of(layer, SHAPE[0]), x.zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, y.zero_point)
    if folded is None or divider is None:
        return None
    words = np.column_stack([stream(folded)[:, :-1], divider])
    constants = tuple(int(words[int(word[0]), COLUMNS.index(word[1])]) for word in WORDS.split())
    return Call("fully_connected_packed_10_to_4_dsp", {"stream": constants}, source=FILE)
