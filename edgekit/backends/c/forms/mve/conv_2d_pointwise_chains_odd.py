"""1x1 convolutions of 8 into 8 channels, eights of pixels and one more: `firmware/src/pointwise_chains_odd_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import BLOCK, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise_chains import (
    LANES,
    MARKED,
    folded,
    forms,
    pixels_of,
    requantization,
    spread,
    two,
    vectors,
)

OPERATOR, FILE = "conv_2d", "pointwise_chains_odd_mve"
PIXELS = (25, 49, 121)
PLACES = (1, 2, 3, 4, 0, 5, 6, 7)  # sixteens of pixels whose outputs r0 r2 r4 r6 r7 r8 r10 r12 have
FIRST, BETWEEN = 6, 5  # filters of the first pixel that come first; biases of core registers below the pointer's


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
    first_biases = found.bias[ORDER].tolist()
    return [
        Call(
            f"{FILE}_{pixels}",
            {
                "filters": tuple(alone[:cut].tolist()), "places": tuple(VECTOR * BLOCK * i for i in PLACES),
                "biases": tuple(first_biases[:BETWEEN]),
                "stream": np.concatenate(parts),
                "others": tuple(first_biases[BETWEEN:]),
            },
            scratch=spread(pixels * BLOCK * WORD),
            source=FILE,
        )
    ]  # fmt: skip
