"""What the emitters of 16x8 products share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Layer, Value
from edgekit.reference.arithmetic import activation_range, quantize_multipliers, reduced_multiplier


def product_fields(layer: Layer, real: NDArray[np.float64], channels: int, activation: str) -> dict[str, Value]:
    """`low`, `high`, `weights`, `bias` and, one per value of `real`, `multiplier` and `shift` to the right."""
    m, shift = quantize_multipliers(real)
    constants: dict[str, Value] = {"weights": layer.data(1), "bias": _bias(layer, channels)}
    constants |= {"multiplier": reduced_multiplier(m).astype(np.int16), "shift": (15 - shift).astype(np.int8)}
    return {**limits(layer, activation), **constants}


def limits(layer: Layer, activation: str) -> dict[str, Value]:
    """`low` and `high` of an int16 output with a fused activation."""
    y = layer.outputs[0]
    low, high = activation_range(activation, float(y.scale), y.zero_point, y.dtype)
    return {"low": low, "high": high}


def _bias(layer: Layer, channels: int) -> NDArray[Any]:
    if len(layer.inputs) > 2 and layer.inputs[2] is not None:
        return layer.data(2).astype(np.int64)
    return np.zeros(channels, np.int64)
