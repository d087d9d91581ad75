"""Smaller of two int16 values."""

from __future__ import annotations

from edgekit.backends.c.binary import broadcast_fields, unbroadcast
from edgekit.backends.c.call import Call, Layer


def emit(layer: Layer) -> Call:
    fields = {**broadcast_fields(layer), "largest": 0}
    return Call("extremum_s16", fields, inputs=(0, 1), in_place=unbroadcast(layer))
