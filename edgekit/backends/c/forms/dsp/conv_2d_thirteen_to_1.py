"""Convolution of one channel of 13x13 pixels into one, stride 2: `firmware/src/conv_2d_thirteen_to_1_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._one_size import UNSIGNED, Words, biases, fields, halfwords, padded
from edgekit.backends.c.forms.dsp._threaded import pair

OPERATOR = "conv_2d"
SIDE, STRIDE = 13, 2


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = padded(layer, call, SIDE, STRIDE)
    if found is None or found.f["out_c"] != 1:
        return None
    folded, zero = found.folded, found.f["out_zero"] + UNSIGNED
    if not halfwords(folded, zero):
        return None
    w, bias = folded.halves.reshape(-1, 3, 3), biases(found)
    top, between, bottom = range(3)
    words: list[Words] = [bias[top, side] for side in ("left", "main", "right")]
    words += [bias[between, side] for side in ("left", "right")]
    words += [bias[bottom, side] for side in ("left", "main", "right")]
    words += [pair(w[:, row, 0], w[:, row, 2]) for row in range(3)]
    words += [pair(w[:, 0, 1], w[:, 1, 1]), pair(w[:, 2, 1], np.zeros_like(w[:, 2, 1])), bias[between, "main"]]
    words += [folded.multiplier, folded.divider, np.full(1, zero)]
    return Call("conv_2d_thirteen_to_1_dsp", fields(found, words))
