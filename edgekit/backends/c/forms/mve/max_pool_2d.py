"""Maximum pooling, `firmware/src/pool_2d_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._pool import SIZES, Pool

SOURCE = "pool_2d_mve"
LANES, REACH = 16, 255  # of a gather of bytes
FEW = 7  # channels, of which a vector has two pixels
WORDS = (4, 8)  # channels of which it has four or two, as words


def form(layer: Layer, call: Call) -> list[Call]:
    """The kernels for the window's size, best first, and that for any."""
    pool = Pool.of(layer, call)
    size = SIZES.get(pool.window)
    sizes = [] if size is None else [*(f"{size}_{kind}" for kind in _gathered(pool)), size]
    return [pool.call(f"max_pool_2d{name}_mve", SOURCE) for name in (*sizes, "")]


def _gathered(pool: Pool) -> list[str]:
    """How gathers bring the channels of as many pixels as fit a vector, of bytes where they reach them."""
    channels = pool["in_c"]
    if channels in WORDS:
        return ["words"]
    near = channels <= FEW and (LANES // channels - 1) * pool["stride_w"] * channels + channels - 1 <= REACH
    return ["few"] if near else []
