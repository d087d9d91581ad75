"""1x1 convolutions of one channel by tables of pairs of outputs: `firmware/src/pointwise_table_pairs_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c import lookup
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pairs import places
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR, FILE = "conv_2d", "pointwise_table_pairs_mve"
LANES, PAIR, PAIRS = 8, 2, 5
PASSES = (8, 10)  # channels
MOST_CHANNELS, MOST, MOST_PLACE = 40, 512, (1 << 16) - 1  # pixels have a halfword each for their places


def form(layer: Layer, call: Call) -> Call | None:
    geometry, channels = picture(call), integer(call.fields, "out_c")
    width = next((n for n in PASSES if channels % n == 0), 0)
    if geometry is None or integer(call.fields, "in_c") != 1 or not width or channels > MOST_CHANNELS:
        return None
    pixels = places(geometry, 1)
    if pixels is None or not LANES <= len(pixels) <= MOST or pixels[-1] > MOST_PLACE:
        return None
    rows = lookup.of_one_input(layer).view(np.int16)
    return Call(
        FILE if width == LANES else f"{FILE}_tens",
        {
            "count": len(pixels), "passes": channels // width, "step": LANES * channels,
            "table": rows.T.reshape(-1), "places": np.pad(pixels, (0, -len(pixels) % LANES)).astype(np.uint16),
            "lanes": tuple(i * channels // PAIR + pair for pair in range(PAIRS) for i in range(LANES)),
        },
        source=FILE,
    )  # fmt: skip
