"""1x1 convolution of 16 or 24 channels into one, every second pixel of a row: `firmware/src/pointwise_spans_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._pairs import MOST_PLACES, places
from edgekit.backends.c.forms.mve._requantize import fold, integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR = "conv_2d"
CHANNELS, SPANS = (16, 24), (8, 7, 6, 5)
STRIDE = 2


def form(layer: Layer, call: Call) -> Call | None:
    fields, geometry = call.fields, picture(call)
    in_c = integer(fields, "in_c")
    found = None if geometry is None else places(geometry, in_c)
    span = next((n for n in SPANS if integer(fields, "out_w") % n == 0), 0)
    if found is None or not span or in_c not in CHANNELS or (fields["low"], fields["high"]) != (-128, 127):
        return None
    spans = found.reshape(-1, span)
    if fields["out_c"] != 1 or fields["stride_w"] != STRIDE or len(spans) > MOST_PLACES:
        return None
    folded = fold(fields, np.asarray(fields["weights"]).reshape(1, in_c))
    if not np.all(folded.second):
        return None
    filter_of = np.zeros(-(-in_c // VECTOR) * VECTOR, np.int8)
    filter_of[:in_c] = folded.weights[0]
    rows = ((folded.bias, BLOCK), (folded.multiplier, HALF), (folded.second, HALF))
    stream = np.concatenate([*(np.repeat(row, n).astype(np.int32) for row, n in rows), filter_of.view(np.int32)])
    steps = np.append(spans[1:, 0] - spans[:-1, -1] - in_c, 0).astype(np.int32)
    return Call(
        f"pointwise_spans_mve_{in_c}x{span}",
        {
            "stream": stream, "out_zero": fields["out_zero"], "steps": steps, "multiplier": int(folded.multiplier[0]),
            "outputs": span, "spans": len(spans),
        },
        source="pointwise_spans_mve",
    )  # fmt: skip
