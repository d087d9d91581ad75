"""Functions of one value on Helium: `firmware/src/lookup_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.table import by_unsigned

KERNEL = "lookup"
BLOCK = 48  # values


def form(layer: Layer, call: Call) -> Call:
    blocks, rest = divmod(layer.outputs[0].elements, BLOCK)
    return by_unsigned(call, "lookup_mve", rest=rest, blocks=blocks)
