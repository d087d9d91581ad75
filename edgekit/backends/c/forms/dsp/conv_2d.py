"""Convolution: pairs of channels times pairs of pixels, `firmware/src/conv_2d_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import TAPS, pair_channels, pair_weights
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

PAIR = 2
CONSTANTS = ("weights", "bias", "multiplier", "shift")


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    weights: np.ndarray[tuple[int, ...], np.dtype[np.int8]] = layer.data(1).reshape(w.shape[0], -1)
    real = effective_scale(x, w, layer.outputs[0])
    folded = fold(weights, bias_of(layer, w.shape[0]), x.zero_point, real, clamp_of(call))
    packed = None if folded is None else pair_weights(folded.weights, PAIR)
    if folded is None or packed is None:
        return None
    pairs, blocks = packed.shape[0], packed.shape[1] // TAPS
    fields = {name: value for name, value in call.fields.items() if name not in CONSTANTS}
    constants: dict[str, Value] = {"weights": packed, "channels": pair_channels(folded, PAIR)}
    sizes = {"blocks": blocks, "pairs": pairs}
    scratch = 32 * blocks + 8 * blocks + 4 * pairs
    return Call("conv_2d_dsp", {**fields, **sizes, **constants}, scratch=scratch)
