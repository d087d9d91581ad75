"""Layers of few inputs, whose taps stay in registers: `firmware/src/pointwise_narrow_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import halves, overlapped
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold

WORD, MOST = 4, 16  # inputs: the least there must be, all that stay in registers
KEPT = ("out_c", "out_zero", "low", "high")


def fits(inputs: int) -> bool:
    return WORD <= inputs <= MOST


def narrow(layer: Layer, call: Call, real: NDArray[np.float64], pixels: dict[str, Value]) -> Call | None:
    """The kernel's call; None where the requantization sequence is not exact.

    Args:
        real: multipliers. pixels: the fields that say where the pixels lie.
    """
    w = layer.input(1)
    weights: NDArray[np.int8] = layer.data(1).reshape(w.shape[0], -1)
    zero_point = layer.input(0).zero_point
    folded = fold(weights, bias_of(layer, w.shape[0]), zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    fields: dict[str, Value] = {name: call.fields[name] for name in KEPT}
    return Call("pointwise_narrow_dsp", {**fields, **pixels, "stream": stream(folded)})


def stream(folded: Folded) -> NDArray[np.int32]:
    """(channels, words + 3): the bias, the weights as halfwords, with their factors, multiplier, divider."""
    parts = [
        folded.start.astype(np.int32)[:, None],
        halves(np.concatenate(overlapped(folded.halves, WORD), axis=1)).view(np.int32),
        np.stack([folded.multiplier, folded.divider], axis=1).astype(np.int32),
    ]
    return np.concatenate(parts, axis=1)
