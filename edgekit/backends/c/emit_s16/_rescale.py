"""What the emitters share of functions that are linear on either side of zero."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.reference.arithmetic import activation_range, quantize_multiplier
from edgekit.reference.elementwise import real_multiplier

Multiplier = tuple[int, int]


def rescale(
    layer: Layer, activation: str = "none", up: Multiplier | None = None, below: Multiplier | None = None, sign: int = 1
) -> Call:
    """From the input's scale to the output's by default.

    Args:
        up: multiplier and shift from zero up. below: likewise, of values below zero; `up` without. sign: of those.
    """
    x, y = layer.input(0), layer.outputs[0]
    up = up or quantize_multiplier(real_multiplier([x.scale], y.scale))
    (m, shift), (low_m, low_shift) = up, below or up
    low, high = activation_range(activation, float(y.scale), y.zero_point, y.dtype)
    fields: dict[str, Value] = {"count": y.elements, "in_zero": x.zero_point, "out_zero": y.zero_point}
    fields |= {"low": low, "high": high, "multiplier": m, "shift": shift}
    fields |= {"below_multiplier": low_m, "below_shift": low_shift, "below_sign": sign}
    name = {"int16": {"int16": "rescale_s16", "int8": "rescale_s16_s8"}, "int8": {"int16": "rescale_s8_s16"}}
    return Call(name[x.dtype][y.dtype], fields, in_place=(0,) if x.dtype == y.dtype else (), source="rescale_s16")
