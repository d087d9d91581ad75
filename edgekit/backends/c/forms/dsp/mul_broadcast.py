"""Multiplication of a tensor by one that repeats over it, `firmware/src/mul_broadcast_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.broadcast import repeats
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._prepared import DSP, broadcast_call
from edgekit.backends.c.forms.dsp.mul import constants

OPERATOR = "mul"
HALFWORD = 2


def form(layer: Layer, call: Call) -> Call | None:
    """None where nothing repeats, or where the requantization has no divider."""
    found = repeats(layer)
    if found is None or call.kernel != OPERATOR:
        return None
    fields = constants(call, ("a", "b")[found.large], ("a", "b")[found.small])
    return None if fields is None else broadcast_call("mul_broadcast_dsp", found, fields, call, HALFWORD, DSP)
