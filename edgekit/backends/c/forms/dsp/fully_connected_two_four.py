"""Fully connected layers of four samples, 8 or 10 inputs, 2 outputs: `firmware/src/fully_connected_two_four_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._packed import dividers
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"
SAMPLES, UNITS, SIZE = 4, 2, 52  # words of the parameters
FILE = "fully_connected_two_four_dsp"
# Inputs of a word of weights. The second of two samples of 10 inputs begins within a word: u to y.
INPUTS = {"p": (0, 2), "q": (1, 3), "r": (4, 6), "s": (5, 7), "t": (8, 9),
          "u": (0, 1), "v": (2, 4), "w": (3, 5), "x": (6, 8), "y": (7, 9)}  # fmt: skip
# In the order of the code, by the number of inputs: the output, then bias, weights, multiplier or divider.
PAIR = "0b 1b 0p 1p 0q 1q 0r 1r 0s 1s 0t 0b 1t 1b 0u 1u 0v 1v 0w 1w 0x "
WORDS = {
    8: "0b 1b 0p 1p 0q 1q 0r 1r 0s 1s 1d 0b 1b 0d 0m 0p 1p 0q 1q 1m",
    10: PAIR + "1x 0y 1y " + PAIR + "0m 0d 1x 0y 1y 1m 1d",
}


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w, y = call.fields, layer.input(0), layer.input(1), layer.outputs[0]
    units, inputs = w.shape
    if units != UNITS or inputs not in WORDS or y.elements != SAMPLES * UNITS or (f["low"], f["high"]) != (-128, 127):
        return None
    real = (effective_scale if f["per_channel"] else product_scale)(x, w, y)
    folded = fold(layer.data(1), bias_of(layer, units), x.zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, y.zero_point)
    if folded is None or divider is None:
        return None
    constants = {"b": folded.start, "m": folded.multiplier, "d": divider}

    def word(name: str) -> int:
        unit, what = int(name[0]), name[1]
        if what in constants:
            return int(constants[what][unit])
        return int(np.ascontiguousarray(folded.halves[unit, INPUTS[what]]).view(np.int32)[0])

    stream = [word(name) for name in WORDS[inputs].split()]
    padded = (*stream, *(0 for _ in range(SIZE - len(stream))))
    return Call(f"fully_connected_{inputs}_to_2_four_dsp", {"stream": padded}, source=FILE)
