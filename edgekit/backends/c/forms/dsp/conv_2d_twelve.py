"""Convolution of one channel of 12x12 pixels into one or three: `firmware/src/conv_2d_twelve_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._one_size import UNSIGNED, Words, biases, fields, halfwords, padded
from edgekit.backends.c.forms.dsp._threaded import pair

OPERATOR = "conv_2d"
SIDE, STRIDE = 12, 1
OUTPUTS = (1, 3)
TURNS = SIDE // 2 - 2  # of two columns, after the first


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = padded(layer, call, SIDE, STRIDE)
    if found is None or found.f["out_c"] not in OUTPUTS:
        return None
    folded, out_c = found.folded, found.f["out_c"]
    zero = found.f["out_zero"] + (UNSIGNED if out_c == 1 else 0)
    if out_c == 1 and not halfwords(folded, zero):
        return None
    w, bias = folded.halves.reshape(-1, 3, 3), biases(found)
    top, between, bottom = range(3)
    words: list[Words] = [pair(w[:, row, 0], w[:, row, 2]) for row in range(3)]
    words += [pair(w[:, 0, 1], w[:, 1, 1]), pair(w[:, 2, 1], np.full_like(w[:, 2, 1], TURNS))]
    words += [bias[i, "main"] for i in (between, top, bottom)]
    words += [pair(w[:, row, first], w[:, row, first + 1]) for first in (0, 1) for row in range(3)]
    words += [bias[i, side] for i in (top, between, bottom) for side in ("left", "right")]
    words += [folded.multiplier, folded.divider, np.full(out_c, zero)]
    return Call(f"conv_2d_twelve_to_{out_c}_dsp", fields(found, words), source="conv_2d_twelve_dsp")
