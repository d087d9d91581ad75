"""Layers of few outputs, whose inputs are expanded for every pair of them: `firmware/src/fully_connected_few_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._pack import halves, overlapped
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold

FEW = 2048  # weights of a layer that may take twice their bytes
LEAST, EIGHT = 4, 8  # inputs
KEPT = ("in_c", "out_c", "out_zero", "low", "high")


def few(layer: Layer, call: Call, real: NDArray[np.float64], samples: dict[str, Value]) -> Call | None:
    """The kernel's call; None where its conditions do not hold.

    Args:
        real: multipliers. samples: the fields that say where the samples lie.
    """
    w = layer.input(1)
    weights: NDArray[np.int8] = layer.data(1).reshape(w.shape[0], -1)
    if weights.shape[1] < (EIGHT if weights.shape[0] % 2 else LEAST):
        return None
    bias, zero_point = bias_of(layer, w.shape[0]), layer.input(0).zero_point
    folded = fold(weights, bias, zero_point, real, clamp_of(call), wide=True)
    if folded is None or (weights.size > FEW and folded.plain):
        return None
    fields: dict[str, Value] = {name: call.fields[name] for name in KEPT}
    return Call("fully_connected_few_dsp", {**fields, **samples, "stream": stream(folded)})


def stream(folded: Folded) -> NDArray[np.int32]:
    """Weights and constants of the pairs, then of an odd last channel."""
    count = folded.bias.size
    pairs = slice(0, count - count % 2)
    parts = [_channels(folded, pairs, LEAST, 2)] if count > 1 else []
    if count % 2:
        parts.append(_channels(folded, slice(count - 1, count), EIGHT, 1))
    return np.concatenate(parts)


def _channels(folded: Folded, own: slice, width: int, together: int) -> NDArray[np.int32]:
    """Of each `together` channels the weights of the last `width` inputs, biases, other weights, constants."""
    first, last = (_in_turn(part, width, together) for part in overlapped(folded.halves[own], width))
    start = folded.start[own].reshape(-1, together)
    rest = np.stack([folded.multiplier[own], folded.divider[own]], axis=1).reshape(-1, 2 * together)
    return np.concatenate([last, start, first, rest], axis=1).astype(np.int32).reshape(-1)


def _in_turn(weights: NDArray[np.int16], width: int, together: int) -> NDArray[np.int32]:
    """(channels, taps) to (channels / together, words): `width` taps of each channel in turn."""
    groups, count = weights.shape[0] // together, weights.shape[1] // width
    turns = halves(weights).reshape(groups, together, count, width).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(turns).reshape(groups, count * together * width).view(np.int32)
