"""Layers of 4 inputs and 10 channels, outputs stored by words: `firmware/src/pointwise_packed_ten_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._packed_four import channels

INPUTS, CHANNELS = 4, 10
STEPS = {INPUTS: "", 2 * INPUTS: "_by_2"}  # bytes from pixel to pixel
# Of the outputs of two pixels, in the order of the stream.
PLACES = np.array((0, 2, 1, 3, 4, 6, 5, 7, 8, 9, 10, 11, 12, 14, 13, 15, 16, 18, 17, 19))
FILE = "pointwise_packed_ten_dsp"


def packed_ten(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """The kernel's call; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    alone = lines.step == INPUTS and lines.lines > 1
    shape = layer.input(1).shape[0], layer.input(1).shape[-1]
    if shape != (CHANNELS, INPUTS) or lines.step not in STEPS or lines.images > 1 or lines.samples < 2 or alone:
        return None
    words = channels(layer, call, real)
    if words is None:
        return None
    fields: dict[str, Value] = {
        "stream": words[PLACES % CHANNELS],
        "last": (lines.samples // 2 - 1) * 2 * CHANNELS,
        "gap": lines.fields(CHANNELS)["gap"],
        "outputs": lines.lines * lines.samples * CHANNELS,
        "odd": lines.samples % 2,
    }
    return Call(f"pointwise_packed_{INPUTS}_to_{CHANNELS}{STEPS[lines.step]}_dsp", fields, source=FILE)
