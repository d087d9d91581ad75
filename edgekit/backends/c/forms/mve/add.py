"""Addition and subtraction without broadcasting: `firmware/src/add_mve.c`. Tricks are tried on all pairs of int8."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms._reach import Ints
from edgekit.backends.c.forms.mve._requantize import divider, integer, second_multiplier
from edgekit.reference.arithmetic import high_mul, multiply, wrap_int32
from edgekit.reference.elementwise import SUM_SHIFT

HALF = (1 << 30, 0)  # multiplier and shift of the input with the larger scale
INT8 = np.arange(-128, 128, dtype=np.int64)


def form(layer: Layer, call: Call) -> Call | None:
    """None where an input is broadcast, or the output has a 2^-19 of the larger scale: shifts are taken as such."""
    if any(layer.input(i).shape != layer.outputs[0].shape for i in range(2)):
        return None
    found = constants(call)
    if found is None:
        return None
    fields = {"count": call.fields["count"], **found}
    return Call("add_mve", fields, inputs=call.inputs, in_place=call.in_place)


def constants(call: Call) -> dict[str, Value] | None:
    """None where the call is no addition or its output is shifted by 0."""
    fields = call.fields
    if call.kernel != "add" or fields["out_shift"] == 0:
        return None

    def of(name: str) -> int:
        return integer(fields, name)

    plain, other = ("a", "b") if (of("a_multiplier"), of("a_shift")) == HALF else ("b", "a")
    signs = {"a": 1, "b": of("sign")}
    assert (of(f"{plain}_multiplier"), of(f"{plain}_shift")) == HALF
    rescaled = {name: signs[name] * _rescaled(fields, name) for name in "ab"}
    sums = (rescaled["a"][:, None] + rescaled["b"]).reshape(-1)
    half = signs[plain] << (SUM_SHIFT - 1)
    return {
        **{name: fields[name] for name in ("out_multiplier", "out_shift", "out_zero", "low", "high")},
        "swapped": int(plain == "b"), "plain": half, "plain_offset": -half * of(f"{plain}_zero"),
        **_scaled(fields, other, signs[other]),
        "out_second": second_multiplier(fields, "out_multiplier", "out_shift", np.unique(sums)),
    }  # fmt: skip


def _rescaled(fields: Mapping[str, Value], name: str) -> Ints:
    """What the reference makes of each int8 value of an input."""
    wide = (INT8 - integer(fields, f"{name}_zero")) << SUM_SHIFT
    return multiply(wide, integer(fields, f"{name}_multiplier"), integer(fields, f"{name}_shift"))


def _scaled(fields: Mapping[str, Value], name: str, sign: int) -> dict[str, int]:
    """Constants with which two multiplications give the same; a shift of 0 becomes 1 by one more bit at first."""
    multiplier, e = integer(fields, f"{name}_multiplier"), -integer(fields, f"{name}_shift")
    bits = SUM_SHIFT + int(e == 0)
    wide = wrap_int32((INT8 - integer(fields, f"{name}_zero")) << bits)
    wanted = sign * _rescaled(fields, name)
    offset = -integer(fields, f"{name}_zero") << bits
    found = {"bits": bits, "offset": offset, "first": multiplier, "sign": sign}
    for second in (divider(max(e, 1)), divider(max(e, 1)) - 1):
        if np.array_equal(high_mul(high_mul(wide, multiplier), sign * second), wanted):
            return {**found, "second": sign * second, "input_shift": 0}
    assert e > 0  # scales are equal, and 2^30 + 1 divides by 2
    return {**found, "second": 0, "input_shift": -e}
