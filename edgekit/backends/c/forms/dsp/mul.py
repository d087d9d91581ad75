"""Multiplication without broadcasting, `firmware/src/mul_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._requantize import clamp_of, divider_of
from edgekit.reference import tables

KEPT = ("count", "a_zero", "b_zero", "multiplier", "out_zero", "low", "high")


def form(layer: Layer, call: Call) -> Call | None:
    """None where an input is broadcast or the requantization has no divider."""
    a, b, y = layer.input(0), layer.input(1), layer.outputs[0]
    if not a.elements == b.elements == y.elements:
        return None
    values = tables.all_values("int8")
    products = np.multiply.outer(values - a.zero_point, values - b.zero_point)
    m, shift = call.fields["multiplier"], call.fields["shift"]
    assert isinstance(m, int) and isinstance(shift, int)
    divider = divider_of(m, shift, (int(products.min()), int(products.max())), clamp_of(call))
    if divider is None:
        return None
    kept = {name: call.fields[name] for name in KEPT}
    return Call("mul_dsp", {**kept, "divider": divider}, (0, 1), in_place=call.in_place)
