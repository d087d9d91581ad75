"""Fully connected: four channels of one sample at a time, `firmware/src/fully_connected_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import TAPS, pair_channels, pair_weights
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale, product_scale

GROUP = 4
KEPT = ("batches", "in_c", "out_c", "out_zero", "low", "high")


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, w = layer.input(0), layer.input(1)
    weights: np.ndarray[tuple[int, ...], np.dtype[np.int8]] = layer.data(1)
    real = (effective_scale if call.fields["per_channel"] else product_scale)(x, w, layer.outputs[0])
    folded = fold(weights, bias_of(layer, w.shape[0]), x.zero_point, real, clamp_of(call))
    packed = None if folded is None else pair_weights(folded.weights, GROUP)
    if folded is None or packed is None:
        return None
    groups, blocks = packed.shape[0] // 2, packed.shape[1] // TAPS
    turns = np.ascontiguousarray(packed.reshape(groups, 2, blocks, TAPS).transpose(0, 2, 1, 3))
    fields: dict[str, Value] = {name: call.fields[name] for name in KEPT}
    fields |= {"blocks": blocks, "groups": groups, "weights": turns, "channels": pair_channels(folded, GROUP)}
    return Call("fully_connected_dsp", fields, scratch=2 * TAPS * blocks)
