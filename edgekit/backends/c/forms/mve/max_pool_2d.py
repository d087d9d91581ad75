"""Maximum pooling, `firmware/src/pool_2d_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._pool import SIZES, Pool

SOURCE = "pool_2d_mve"
LANES, REACH = 16, 255  # of a gather of bytes
FEW = 8  # channels, of which a vector has two pixels


def form(layer: Layer, call: Call) -> list[Call]:
    """The kernels for the window's size, best first, and that for any."""
    pool = Pool.of(call)
    size = SIZES.get(pool.window)
    sizes = [] if size is None else [f"{size}_few", size] if _few(pool) else [size]
    return [pool.call(f"max_pool_2d{size}_mve", SOURCE) for size in [*sizes, ""]]


def _few(pool: Pool) -> bool:
    """Whether gathers reach the channels of as many pixels as fit a vector."""
    channels = pool["in_c"]
    return channels <= FEW and (LANES // channels - 1) * pool["stride_w"] * channels + channels - 1 <= REACH
