"""Convolution of one channel of 13x13 pixels into one, stride 2, with two sums in a register:
`firmware/src/conv_2d_thirteen_pairs_dsp.c`.

Inputs are taken as 0 to 255; so a half of a register takes the sums of weights whose magnitudes are at most 65535 / 255
together, begun so that none is negative. What is outside is 0 where the input's zero point is -128.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._one_size import padded
from edgekit.backends.c.forms.dsp._packed import dividers
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
SIDE, STRIDE = 13, 2
LOWEST, RANGE = -128, 255  # of inputs
HALF = (1 << 16) - 1


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    found = padded(layer, call, SIDE, STRIDE)
    if found is None or found.f["out_c"] != 1 or found.f["batches"] != 1 or found.in_zero != LOWEST:
        return None
    folded = found.folded
    real = effective_scale(layer.input(0), layer.input(1), layer.outputs[0])
    divider = dividers(folded, real, found.f["out_zero"])
    w = folded.weights.astype(np.int64).reshape(3, 3)
    first, others = _begin(w[:1]), _begin(w[1:])
    if divider is None or first is None or others is None:
        return None
    bias = int(folded.bias[0]) + LOWEST * int(w.sum())
    inner, two = -LOWEST * w[:, 1], 1 + (1 << 16)  # column 6 has inputs of taps 1 as they are
    words = [number for row in w[::-1] for number in (row[1], row[2] + (row[0] << 16))]
    words += [bias + inner.sum(), first * two, bias + inner[:2].sum(), others * two, bias + inner[1:].sum()]
    words += [2 * folded.multiplier[0] - (1 << 32), divider[0], bias - first - others]
    signed = np.array(words, np.int64).astype(np.uint32).view(np.int32)
    return Call("conv_2d_thirteen_pairs_dsp", {"words": tuple(signed.tolist())})


def _begin(w: NDArray[np.int64]) -> int | None:
    """Where sums with these weights begin; None where a half does not take them."""
    begin = int(-RANGE * np.minimum(w, 0).sum())
    return begin if begin + RANGE * np.maximum(w, 0).sum() <= HALF else None
