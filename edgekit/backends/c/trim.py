"""Windows without the taps that lie outside the input for every output, as 3x3 taps have over an input of one row.

Taps outside the input contribute nothing, so the layer's integers stay the same; all forms have less to do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from edgekit.backends.c.call import Call, Layer

SIDES = (("h", "pad_top", 1), ("w", "pad_left", 2))  # the weights' axes
WINDOWED = ("conv_2d", "depthwise_conv_2d")


def trimmed(layer: Layer, call: Call) -> tuple[Layer, Call]:
    """The layer and its portable call with the smallest window that computes them."""
    if call.kernel not in WINDOWED:
        return layer, call
    weights, fields = layer.data(1), dict[str, Any](call.fields)
    for side, pad, axis in SIDES:
        used = _used(fields, side, pad)
        if used is not None and used[1] - used[0] < weights.shape[axis]:
            weights = np.take(weights, range(*used), axis)
            fields[f"kernel_{side}"] = used[1] - used[0]
            fields[pad] -= used[0] * fields[f"dilation_{side}"]
    if weights.shape == layer.input(1).shape:
        return layer, call
    weights = np.ascontiguousarray(weights)
    w = layer.input(1).with_(shape=weights.shape, data=weights)
    inputs = [*layer.inputs[:1], w, *layer.inputs[2:]]
    return replace(layer, inputs=inputs), replace(call, fields={**fields, "weights": weights})


def _used(fields: dict[str, Any], side: str, pad: str) -> tuple[int, int] | None:
    """The first tap along a side that is inside for some output, and the last one + 1; None where there is none.

    One whose padding would become negative, where every window begins inside, stays as it is.
    """
    starts = np.arange(fields[f"out_{side}"]) * fields[f"stride_{side}"] - fields[pad]
    taps = starts[:, None] + np.arange(fields[f"kernel_{side}"]) * fields[f"dilation_{side}"]
    inside = np.flatnonzero(((taps >= 0) & (taps < fields[f"in_{side}"])).any(axis=0))
    if inside.size == 0:
        return None
    return min(int(inside[0]), fields[pad] // fields[f"dilation_{side}"]), int(inside[-1]) + 1
