"""Multiplication without broadcasting, `firmware/src/mul_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._requantize import integer, second_multiplier

INT8 = np.arange(-128, 128, dtype=np.int64)


def form(layer: Layer, call: Call) -> Call | None:
    """None where an input is broadcast, nothing is shifted right at the end, or the sequence fails for a product."""
    fields = call.fields
    if any(layer.input(i).shape != layer.outputs[0].shape for i in range(2)) or integer(fields, "shift") >= 0:
        return None
    products = np.unique(np.multiply.outer(INT8 - integer(fields, "a_zero"), INT8 - integer(fields, "b_zero")))
    second = second_multiplier(fields, "multiplier", "shift", products)
    if second == 0:
        return None
    kept = {name: fields[name] for name in ("count", "a_zero", "b_zero", "multiplier", "out_zero", "low", "high")}
    return Call("mul_mve", {**kept, "second": second}, inputs=call.inputs, in_place=call.in_place)
