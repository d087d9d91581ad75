"""Multiplication without broadcasting, `firmware/src/mul_mve.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._requantize import integer, second_multiplier

INT8 = np.arange(-128, 128, dtype=np.int64)


def form(layer: Layer, call: Call) -> Call | None:
    """None where an input is broadcast or the requantization has no constants."""
    if call.kernel != "mul" or any(layer.input(i).shape != layer.outputs[0].shape for i in range(2)):
        return None
    found = constants(call.fields, "a", "b")
    if found is None:
        return None
    return Call("mul_mve", {"count": call.fields["count"], **found}, inputs=call.inputs, in_place=call.in_place)


def constants(fields: Mapping[str, Value], first: str, second: str) -> dict[str, Value] | None:
    """Of operands in that order; None where nothing is shifted right at the end, or a product is not exact."""
    if integer(fields, "shift") >= 0:
        return None
    zeros = {"a_zero": integer(fields, f"{first}_zero"), "b_zero": integer(fields, f"{second}_zero")}
    products = np.unique(np.multiply.outer(INT8 - zeros["a_zero"], INT8 - zeros["b_zero"]))
    factor = second_multiplier(fields, "multiplier", "shift", products)
    if factor == 0:
        return None
    kept = {name: fields[name] for name in ("multiplier", "out_zero", "low", "high")}
    return {**zeros, **kept, "second": factor}
