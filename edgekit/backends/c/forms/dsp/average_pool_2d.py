"""Average pooling, `firmware/src/pool_2d_dsp.c`."""

from __future__ import annotations

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._pool import SIZES, Pool
from edgekit.backends.c.forms.dsp.max_pool_2d import FOUR, SOURCE

OF_TWO_LINES = (2, 4)  # values of windows that have a kernel of their own
LARGEST_WINDOW = 255  # times 128 fits a halfword
FRACTION = 24  # of the reciprocal of a window's values; enough for all windows and sums


def form(layer: Layer, call: Call) -> list[Call]:
    """None where there are too few channels or sums do not fit the kernel's halfwords."""
    pool = Pool.of(layer, call)
    if pool["in_c"] < FOUR or pool.values > LARGEST_WINDOW:
        return []
    sizes = [SIZES[pool.window], ""] if pool.values in OF_TWO_LINES and pool.window in SIZES else [""]
    return [pool.call(f"average_pool_2d{size}_dsp", SOURCE) for size in sizes]
