"""What the emitters of int16 reductions share."""

from __future__ import annotations

from dataclasses import replace

from edgekit.backends.c import reduce as narrow
from edgekit.backends.c.call import Call, Layer


def reduce(layer: Layer, axes: tuple[int, ...], multiplier: int, shift: int) -> Call:
    """As for int8, without zero points."""
    call = narrow.reduce(layer, axes, multiplier, shift)
    fields = {name: value for name, value in call.fields.items() if name not in ("in_zero", "out_zero")}
    return replace(call, kernel="reduce_s16", fields=fields)
