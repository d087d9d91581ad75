"""Leaky rectifier with slopes as a tensor."""

from __future__ import annotations

from edgekit.backends.c.binary import broadcast_fields
from edgekit.backends.c.call import Call, Layer
from edgekit.reference.arithmetic import quantize_multiplier
from edgekit.reference.elementwise import real_multiplier


def emit(layer: Layer) -> Call:
    x, alpha, y = layer.input(0), layer.input(1), layer.outputs[0]
    fields = {**broadcast_fields(layer), "in_zero": x.zero_point, "alpha_zero": alpha.zero_point}
    for side, factors in (("positive", [x.scale]), ("negative", [x.scale, alpha.scale])):
        m, shift = quantize_multiplier(real_multiplier(factors, y.scale))
        fields |= {f"{side}_multiplier": m, f"{side}_shift": shift}
    return Call("prelu", {**fields, "out_zero": y.zero_point}, inputs=(0, 1), in_place=(0,))
