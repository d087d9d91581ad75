"""Fully connected layers of four samples across words, one output: `firmware/src/fully_connected_one_four_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._packed import dividers
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"
SAMPLES, WORD, THREE = 4, 4, 12  # bytes of a word, of three
WORDS = {30: 15, 33: 33}  # of x, by the number of inputs, until a sample lies as the first one does
FILE = "fully_connected_one_four_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w, y = call.fields, layer.input(0), layer.input(1), layer.outputs[0]
    units, inputs = w.shape
    if units != 1 or inputs not in WORDS or y.elements != SAMPLES or (f["low"], f["high"]) != (-128, 127):
        return None
    real = (effective_scale if f["per_channel"] else product_scale)(x, w, y)
    folded = fold(layer.data(1), bias_of(layer, units), x.zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, y.zero_point)
    if folded is None or divider is None:
        return None
    stream: list[int] = []
    for byte in range(0, WORD * WORDS[inputs], WORD):
        pairs = np.array(_inputs(byte % inputs, inputs))
        stream += np.ascontiguousarray(folded.halves[0][pairs]).view(np.int32).reshape(-1).tolist()
        three = byte + WORD - THREE  # where the three words begin whose last one this is
        if three % THREE == 0 and -three % inputs < THREE:
            stream.append(int(folded.start[0]))
    words = np.array([*stream, folded.multiplier[0], divider[0]]).astype(np.int32)
    return Call(f"fully_connected_{inputs}_to_1_four_dsp", {"stream": words}, source=FILE)


def _inputs(i: int, inputs: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Those whose weights the two words have for a word of x that begins with input i."""
    ends = {1: ((0, 2), (i, 1)), 2: ((i, i + 1), (0, 1)), 3: ((i, i + 2), (i + 1, 0))}
    return ends.get(inputs - i, ((i, i + 2), (i + 1, i + 3)))
