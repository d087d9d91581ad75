"""1x1 convolution of 5 inputs into 3 channels, outputs stored by words: `firmware/src/pointwise_packed_three_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import Lines, pixel_form
from edgekit.backends.c.forms.dsp._packed import ORDER, dividers
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold

OPERATOR = "conv_2d"
INPUTS, CHANNELS, PIXELS = 5, 3, 4  # of a turn
STEPS = {INPUTS: "", 2 * INPUTS: "_by_2"}  # bytes from pixel to pixel
STREAM = np.array((0, 2, 1, 0, 1, 2, 0, 1, 2, 1, 0, 2))  # channels of four pixels
FILE = "pointwise_packed_three_dsp"


def _three(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, shape = layer.input(0), layer.input(1).shape
    if (shape[0], x.shape[-1]) != (CHANNELS, INPUTS) or (call.fields["low"], call.fields["high"]) != (-128, 127):
        return None
    if lines.images > 1 or lines.step not in STEPS or lines.samples < PIXELS:
        return None
    folded = fold(layer.data(1).reshape(CHANNELS, -1), bias_of(layer, CHANNELS), x.zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, layer.outputs[0].zero_point)
    if folded is None or divider is None:
        return None
    words = np.ascontiguousarray(folded.halves[:, ORDER]).view(np.int32)
    last = folded.halves[:, PIXELS].astype(np.int32)
    stream = np.column_stack([words[:, 0], folded.start, words[:, 1], last, folded.multiplier, divider])
    whole, missing, row = lines.samples // PIXELS, -lines.samples % PIXELS, lines.samples * lines.step
    fields: dict[str, Value] = {
        "stream": stream[STREAM].astype(np.int32),
        "back_x": missing * lines.step,
        "back_y": missing * CHANNELS,
        "outputs": lines.lines * lines.samples * CHANNELS,
        "last": (whole - 1) * PIXELS * lines.step,
        "row": row,
        "gap": lines.fields(CHANNELS)["gap"],
    }
    return Call(f"pointwise_packed_{INPUTS}_to_{CHANNELS}{STEPS[lines.step]}_dsp", fields, source=FILE)


form = pixel_form(_three)
