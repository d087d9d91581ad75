"""Means and sums over axes next to each other, `firmware/src/reduce_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._requantize import factor, integer
from edgekit.backends.c.reduced import reduced


def form(layer: Layer, call: Call) -> Call | None:
    """None where the axes are apart, sums may wrap around, or two multiplications do not requantize them."""
    found = reduced(layer)
    if call.kernel != "reduce" or found is None or max(-found.ends[0], found.ends[1]) >= 1 << 31:
        return None
    multiplier, shift = integer(call.fields, "multiplier"), integer(call.fields, "shift")
    second = factor(multiplier, shift, found.ends, found.clamp)
    if second == 0:
        return None
    fields = {
        "outer": found.outer, "terms": found.terms, "inner": found.inner, "offset": -found.terms * found.in_zero,
        "multiplier": multiplier, "second": second, "out_zero": found.out_zero,
    }  # fmt: skip
    return Call("reduce_lines_mve" if found.inner == 1 else "reduce_mve", fields, source="reduce_mve")
