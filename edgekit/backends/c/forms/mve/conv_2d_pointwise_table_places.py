"""1x1 convolutions of one channel into up to three, pixels apart: `firmware/src/pointwise_table_places_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c import lookup
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pairs import places
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR, FILE = "conv_2d", "pointwise_table_places_mve"
LANES, MOST_CHANNELS = 16, 3
MOST_PLACE = 255  # a byte
LEAST = 16  # pixels, for which 256 outputs in flash pay


def form(layer: Layer, call: Call) -> Call | None:
    geometry, channels = picture(call), integer(call.fields, "out_c")
    if geometry is None or integer(call.fields, "in_c") != 1 or channels > MOST_CHANNELS:
        return None
    pixels = places(geometry, 1)
    if pixels is None or len(pixels) < LEAST or not len(pixels) <= pixels[-1] <= MOST_PLACE:
        return None
    return Call(
        f"{FILE}_{channels}",
        {
            "count": len(pixels), "table": lookup.of_one_input(layer).T.reshape(-1),
            "places": np.pad(pixels, (0, -len(pixels) % LANES)).astype(np.uint8), "step": LANES * channels,
            "lanes": tuple(i * channels + c for c in range(MOST_CHANNELS) for i in range(LANES)),
        },
        source=FILE,
    )  # fmt: skip
