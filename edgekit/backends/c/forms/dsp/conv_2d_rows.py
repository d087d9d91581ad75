"""Convolution of 1x1 taps in steps of two, 8 inputs, few channels: `firmware/src/pointwise_rows_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._pack import halves
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
INPUTS, CHANNELS, PIXELS, STEP = 8, (3, 4), (7, 8), 16  # of the functions there are; STEP: bytes from pixel to pixel
FILE = "pointwise_rows_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w, lines = call.fields, layer.input(0), layer.input(1), of_pixels(layer, call)
    count = w.shape[0]
    if lines is None or x.shape[3] != INPUTS or count not in CHANNELS:
        return None
    low, high, zero = (int(f[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if lines.step != STEP or lines.samples not in PIXELS or lines.images != 1 or (low, high) != (-128, 127):
        return None
    real = effective_scale(x, w, layer.outputs[0])
    folded = fold(
        layer.data(1).reshape(count, -1), bias_of(layer, count), x.zero_point, real, clamp_of(call), wide=True
    )
    if folded is None:
        return None
    words = halves(folded.halves).view(np.int32)
    stream = np.column_stack([folded.multiplier, words, folded.start, folded.divider]).astype(np.int32)
    fields: dict[str, Value] = {"stream": stream, "out_zero": zero}
    fields |= {"size": lines.samples * lines.lines * count, "step": lines.line_step}
    return Call(f"pointwise_rows_{INPUTS}_to_{count}_by_{lines.samples}_dsp", fields, source=FILE)
