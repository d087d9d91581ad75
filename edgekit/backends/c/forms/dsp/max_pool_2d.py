"""Maximum pooling, `firmware/src/pool_2d_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer

FOUR = 4  # channels, the least there must be


def form(layer: Layer, call: Call) -> Call | None:
    """None where there are too few channels."""
    return Call("max_pool_2d_dsp", call.fields, source="pool_2d_dsp") if layer.input(0).shape[3] >= FOUR else None
