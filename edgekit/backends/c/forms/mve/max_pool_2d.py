"""Maximum pooling, `firmware/src/pool_2d_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer


def form(layer: Layer, call: Call) -> Call:
    return Call("max_pool_2d_mve", call.fields, source="pool_2d_mve")
