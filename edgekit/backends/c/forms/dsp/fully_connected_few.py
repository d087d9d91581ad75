"""Fully connected layers of few outputs: pairs of channels, whose weights take two bytes each."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._pack import stream_of_halves
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale, product_scale

OPERATOR = "fully_connected"
FEW = 2048  # weights of a layer that may take twice their bytes
KEPT = ("batches", "in_c", "out_c", "out_zero", "low", "high")


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    weights: np.ndarray[tuple[int, ...], np.dtype[np.int8]] = layer.data(1)
    if weights.shape[1] % 4:
        return None
    real = (effective_scale if call.fields["per_channel"] else product_scale)(x, w, layer.outputs[0])
    folded = fold(weights, bias_of(layer, w.shape[0]), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None or (weights.size > FEW and folded.plain):
        return None
    stream = stream_of_halves(folded.halves, folded, np.arange(w.shape[0]), (0, 1))
    return Call("fully_connected_few_dsp", {**{name: call.fields[name] for name in KEPT}, "stream": stream})
