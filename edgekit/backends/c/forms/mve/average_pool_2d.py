"""Average pooling, `firmware/src/pool_2d_mve.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._pool import SIZES, Pool
from edgekit.backends.c.forms.mve.max_pool_2d import SOURCE

LARGEST_WINDOW = 255  # times 128 fits a halfword
FRACTION, FRACTION_OF_HALVES = 31, 15  # of the reciprocal of a window's values, and in kernels for one size


def form(layer: Layer, call: Call) -> list[Call]:
    """None where sums do not fit the kernel's halfwords."""
    pool = Pool.of(layer, call)
    if pool.values > LARGEST_WINDOW:
        return []
    sizes = [SIZES[pool.window], ""] if pool.window in SIZES else [""]
    return [pool.call(f"average_pool_2d{size}_mve", SOURCE) for size in sizes]
