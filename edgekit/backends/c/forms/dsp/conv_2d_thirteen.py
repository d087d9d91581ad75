"""Convolution of one channel of 13x13 pixels into three or four: `firmware/src/conv_2d_thirteen_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._one_size import Words, biases, fields, halfwords, padded
from edgekit.backends.c.forms.dsp._threaded import pair

OPERATOR = "conv_2d"
SIDE, STRIDE = 13, 2
OUTPUTS = (3, 4)


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = padded(layer, call, SIDE, STRIDE)
    if found is None or found.f["out_c"] not in OUTPUTS:
        return None
    folded, out_c, zero = found.folded, found.f["out_c"], found.f["out_zero"]
    if not halfwords(folded, zero):
        return None
    w, bias = folded.halves.reshape(-1, 3, 3), biases(found)
    top, between, bottom = range(3)
    words: list[Words] = [pair(w[:, row, 0], w[:, row, 2]) for row in range(3)]
    words += [pair(w[:, 1, 1], w[:, 2, 1]), bias[between, "main"], folded.multiplier, folded.divider]
    words += [pair(np.full_like(w[:, 0, 1], zero), w[:, 0, 1]), bias[top, "main"], bias[bottom, "main"]]
    for side, first in (("right", 0), ("left", 1)):
        words += [pair(w[:, row, first], w[:, row, first + 1]) for row in range(3)]
        words += [bias[i, side] for i in (between, bottom, top)]
    return Call(f"conv_2d_thirteen_to_{out_c}_dsp", fields(found, words), source="conv_2d_thirteen_dsp")
