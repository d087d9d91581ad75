"""Addition and subtraction of a tensor that repeats over the other, `firmware/src/add_broadcast_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.broadcast import repeats
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._prepared import WORDS, broadcast_call
from edgekit.backends.c.forms.mve.add import constants

OPERATOR = "add"
WORD = 4  # bytes of a prepared value
UNUSED = ("input_shift", "sign")


def form(layer: Layer, call: Call) -> Call | None:
    """None where nothing repeats or an input is shifted."""
    repeated = repeats(layer)
    found = constants(call) if repeated is not None else None
    if repeated is None or found is None or found["input_shift"] != 0:
        return None
    swapped = int(found["swapped"] != repeated.large)  # whether the smaller operand has the larger scale
    fields = {**{name: value for name, value in found.items() if name not in UNUSED}, "swapped": swapped}
    return broadcast_call("add_broadcast_mve", repeated, fields, call, WORD, WORDS)
