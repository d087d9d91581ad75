"""Convolution of 1x1 taps, 5 inputs, outputs stored by words: `firmware/src/pointwise_packed_dsp.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._packed import HALF, ORDER, dividers
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
INPUTS, CHANNELS = 5, (4, 8, 10, 12, 16, 24, 32, 48, 64)  # of the functions there are
STEPS = {INPUTS: "", 2 * INPUTS: "_by_2"}  # bytes from pixel to pixel
FILE = "pointwise_packed_dsp"


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    x, lines, count = layer.input(0), of_pixels(layer, call), layer.input(1).shape[0]
    if lines is None or x.shape[3] != INPUTS or lines.images != 1 or lines.step not in STEPS:
        return None
    fields = channels(layer, call)
    if fields is None:
        return None
    fields |= {"row": lines.samples * lines.step, "gap": lines.fields(count)["gap"], "line_step": lines.line_step}
    fields |= {"odd": lines.samples % 2, "outputs": lines.lines * lines.samples * count}
    return Call(f"pointwise_packed_{INPUTS}_to_{count}{STEPS[lines.step]}_dsp", fields, source=FILE)


def channels(layer: Layer, call: Call) -> dict[str, Value] | None:
    """What the functions read of channels; None where their conditions do not hold."""
    f, x, count = call.fields, layer.input(0), layer.input(1).shape[0]
    low, high, zero = (int(f[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if count not in CHANNELS or (low, high) != (-128, 127):
        return None
    real, weights = effective_scale(x, layer.input(1), layer.outputs[0]), layer.data(1).reshape(count, -1)
    folded = fold(weights, bias_of(layer, count), x.zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, zero)
    if folded is None or divider is None:
        return None
    bias = folded.bias + x.zero_point * folded.weights.astype(np.int64).sum(axis=1)
    if np.any(np.abs(bias) >= HALF // 2):
        return None
    # inputs 0 and 2, 1 and 3, 4 and the bias
    words = np.column_stack([2 * folded.weights.astype(np.int64)[:, [*ORDER, 4]], bias]).astype(np.int16, order="C")
    stream = np.column_stack([words.view(np.int32), folded.multiplier, divider]).astype(np.int32)
    offset = -x.zero_point % HALF
    fours = count // 4 * 4
    order = np.r_[np.arange(fours).reshape(-1, 4)[:, ORDER].reshape(-1), fours:count]
    return {"stream": stream[order], "offset": offset * HALF + offset, "fifth": 2 * HALF + offset}
