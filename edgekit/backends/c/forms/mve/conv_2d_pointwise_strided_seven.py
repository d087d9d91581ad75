"""1x1 convolutions of 8 channels that take every second pixel of a picture, 7x7 outputs:
`firmware/src/pointwise_strided_seven_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._groups import PAIRS, bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise_strided import CONSTANTS, every_second

OPERATOR, FILE = "conv_2d", "pointwise_strided_seven_mve"
SHAPE, PIXELS = (1, 7, 7), 49
CHANNELS = (16, 32, 64)
OF_PIXELS = 832  # bytes of scratch


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields
    *shape, out_c, in_w, down = (
        integer(fields, name) for name in ("batches", "out_h", "out_w", "out_c", "in_w", "stride_h")
    )
    if not every_second(call) or tuple(shape) != SHAPE or out_c not in CHANNELS:
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, BLOCK))
    begun = None if found is None else bias_weights(found.bias, CONSTANTS - 1)
    if found is None or begun is None:
        return None
    filters = np.zeros((out_c, VECTOR), np.int8)
    filters[:, :BLOCK], filters[:, BLOCK : BLOCK + CONSTANTS] = found.weights, begun
    parts = [filters.reshape(-1).view(np.int32)]
    for first in reversed(range(0, out_c, HALF)):
        four = slice(first, first + HALF)
        outputs = [pixel * out_c + c for pixel in PAIRS for c in range(first, first + HALF)]
        constants = np.concatenate([found.multiplier[four], found.second[four]]).astype(np.int32)
        parts += [places(outputs), constants]
    top = OF_PIXELS + PIXELS * out_c * 4
    return Call(
        f"{FILE}_{out_c}",
        {
            "pitch": down * in_w * BLOCK, "top": top, "filters": filters.nbytes, "eights": out_c // BLOCK,
            "stream": np.concatenate(parts), "out_zero": fields["out_zero"],
        },
        scratch=top,
        source=FILE,
    )  # fmt: skip
