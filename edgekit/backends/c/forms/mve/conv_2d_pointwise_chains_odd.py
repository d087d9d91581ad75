"""1x1 convolutions of 8 into 8 channels, eights of pixels and one more: `firmware/src/pointwise_chains_odd_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._chains import (
    LANES,
    MARKED,
    folded,
    forms,
    pixels_of,
    requantization,
    two,
    vectors,
    without_loops,
)
from edgekit.backends.c.forms.mve._pack import BLOCK, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR, FILE = "conv_2d", "pointwise_chains_odd_mve"
PIXELS = (25, 49, 121)
FIRST = 6  # filters of the first pixel that come first


def form(layer: Layer, call: Call) -> list[Call] | None:
    fields, pixels = call.fields, pixels_of(call.fields)
    found = folded(fields) if pixels in PIXELS and fields["out_c"] == BLOCK else None
    if found is None:
        return None
    alone = forms(found.weights)[0][ORDER].reshape(-1).view(np.int32)
    cut = FIRST * VECTOR // WORD
    parts: list[NDArray[np.int32]] = []
    for i in range(BLOCK // 2):
        filters, biases = vectors(found, two(BLOCK, i))
        parts += [filters, *([alone[cut:]] if i == 0 else []), biases]
    parts.append(np.insert(parts[-1], MARKED, integer(fields, "out_zero")))
    parts += requantization(found, BLOCK, BLOCK, (0, 1))
    for four in (ORDER[:LANES], ORDER[LANES:]):
        parts += [values[four].astype(np.int32) for values in (found.multiplier, found.second)]
    first = found.bias[ORDER].tolist()
    return [without_loops(FILE, pixels, alone[:cut], first, parts, pixels * BLOCK * WORD)]
