"""Maximum pooling, `firmware/src/pool_2d_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._pool import SIZES, Pool

SOURCE = "pool_2d_dsp"
FOUR = 4  # channels, the least there must be


def form(layer: Layer, call: Call) -> list[Call]:
    """None where there are too few channels; the kernel for the window's size, and that for any."""
    pool = Pool.of(layer, call)
    sizes = [SIZES[pool.window], ""] if pool.window in SIZES else [""]
    return [pool.call(f"max_pool_2d{size}_dsp", SOURCE) for size in sizes] if pool["in_c"] >= FOUR else []
