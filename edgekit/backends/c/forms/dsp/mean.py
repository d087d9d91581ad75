"""Means and sums over axes next to each other, `firmware/src/reduce_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.dsp._requantize import LIMIT, divider_of
from edgekit.backends.c.reduced import reduced

FOUR = 4  # the least that lie next to each other, but for lines


def form(layer: Layer, call: Call) -> Call | None:
    """None where the axes are apart, few values lie next to each other, or a sum has no divider."""
    found = reduced(layer)
    if call.kernel != "reduce" or found is None or 1 < found.inner < FOUR:
        return None
    m, shift = call.fields["multiplier"], call.fields["shift"]
    assert isinstance(m, int) and isinstance(shift, int)
    if max(-found.ends[0], found.ends[1]) >= LIMIT:
        return None
    divider = divider_of(m, shift, found.ends, found.clamp)
    if divider is None:
        return None
    fields = {
        "outer": found.outer, "terms": found.terms, "inner": found.inner, "offset": -found.terms * found.in_zero,
        "multiplier": m, "divider": divider, "out_zero": found.out_zero,
    }  # fmt: skip
    return Call("reduce_lines_dsp" if found.inner == 1 else "reduce_dsp", fields, source="reduce_dsp")
