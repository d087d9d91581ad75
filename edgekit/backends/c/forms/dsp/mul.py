"""Multiplication without broadcasting, `firmware/src/mul_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._requantize import clamp_of, divider_of
from edgekit.reference import tables

KEPT = ("multiplier", "out_zero", "low", "high")


def form(layer: Layer, call: Call) -> Call | None:
    """None where an input is broadcast or the requantization has no divider."""
    a, b, y = layer.input(0), layer.input(1), layer.outputs[0]
    if call.kernel != "mul" or not a.elements == b.elements == y.elements:
        return None
    fields = constants(call, "a", "b")
    if fields is None:
        return None
    return Call("mul_dsp", {"count": call.fields["count"], **fields}, (0, 1), in_place=call.in_place)


def constants(call: Call, first: str, second: str) -> dict[str, Value] | None:
    """Of operands in that order; None where the requantization has no divider."""
    a_zero, b_zero, m, shift = (
        call.fields[name] for name in (f"{first}_zero", f"{second}_zero", "multiplier", "shift")
    )
    assert isinstance(a_zero, int) and isinstance(b_zero, int) and isinstance(m, int) and isinstance(shift, int)
    values = tables.all_values("int8")
    products = np.multiply.outer(values - a_zero, values - b_zero)
    divider = divider_of(m, shift, (int(products.min()), int(products.max())), clamp_of(call))
    if divider is None:
        return None
    return {"a_zero": a_zero, "b_zero": b_zero, **{name: call.fields[name] for name in KEPT}, "divider": divider}
