"""1x1 convolution of 2 to 5 inputs into 3 channels, stored by words: `firmware/src/pointwise_packed_three_dsp.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._few_inputs import NONE, words
from edgekit.backends.c.forms.dsp._lines import Lines, pixel_form
from edgekit.backends.c.forms.dsp._packed import dividers
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold

OPERATOR = "conv_2d"
CHANNELS, PIXELS = 3, 4  # of a turn
# By inputs: those of the halfwords of three words of weights.
PLACES: Mapping[int, tuple[int, ...]] = {
    2: (0, 1, NONE, NONE, NONE, NONE),
    3: (0, 2, 1, NONE, NONE, NONE),
    4: (0, 2, 1, 3, NONE, NONE),
    5: (0, 2, 1, 3, 4, NONE),
}
HALF = 16  # bits
STEPS = {1: "", 2: "_by_2"}  # pixels from one to the next
STREAM = np.array((0, 2, 1, 0, 1, 2, 0, 1, 2, 1, 0, 2))  # channels of four pixels
FILE = "pointwise_packed_three_dsp"


def _three(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, (count, *_, inputs) = layer.input(0), layer.input(1).shape
    if count != CHANNELS or inputs not in PLACES or (call.fields["low"], call.fields["high"]) != (-128, 127):
        return None
    step, between = divmod(lines.step, inputs)
    if lines.images > 1 or step not in STEPS or between or lines.samples < PIXELS:
        return None
    folded = fold(layer.data(1).reshape(CHANNELS, -1), bias_of(layer, CHANNELS), x.zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, layer.outputs[0].zero_point)
    if folded is None or divider is None:
        return None
    weights = words(folded, PLACES[inputs])
    stream = np.column_stack([weights[:, 0], folded.start, weights[:, 1:], folded.multiplier, divider])[STREAM]
    if inputs == 3:
        stream[-CHANNELS:, 2] <<= HALF  # of the last pixel
    whole, missing, row = lines.samples // PIXELS, -lines.samples % PIXELS, lines.samples * lines.step
    fields: dict[str, Value] = {
        "stream": stream.astype(np.int32),
        "back_x": missing * lines.step,
        "back_y": missing * CHANNELS,
        "outputs": lines.lines * lines.samples * CHANNELS,
        "last": (whole - 1) * PIXELS * lines.step,
        "row": row,
        "gap": lines.fields(CHANNELS)["gap"],
    }
    return Call(f"pointwise_packed_{inputs}_to_{CHANNELS}{STEPS[step]}_dsp", fields, source=FILE)


form = pixel_form(_three)
