"""Multiplication of int16."""

from __future__ import annotations

from edgekit.backends.c.binary import broadcast_fields, unbroadcast
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emit_s16._products import limits
from edgekit.graph.ops.mul import Mul
from edgekit.reference.arithmetic import quantize_multiplier
from edgekit.reference.elementwise import real_multiplier


def emit(layer: Layer) -> Call:
    assert isinstance(layer.op, Mul)
    a, b, y = layer.input(0), layer.input(1), layer.outputs[0]
    m, shift = quantize_multiplier(real_multiplier([a.scale, b.scale], y.scale))
    fields = {**broadcast_fields(layer), "multiplier": m, "shift": shift, **limits(layer, layer.op.activation)}
    return Call("mul_s16", fields, inputs=(0, 1), in_place=unbroadcast(layer))
