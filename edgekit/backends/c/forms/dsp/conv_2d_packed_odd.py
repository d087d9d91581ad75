"""Convolution of 1x1 taps, 5 inputs, 16 channels, SMLAL for the fifth: `firmware/src/pointwise_packed_odd_dsp.c`.

Of two channels the second one's sum is 256 times as large, with a multiplier of 24 bits, and is proven to give the
reference's outputs. Its bias and the fifth product must not have different signs in sum and in part, whatever the
input; what the other inputs are moved by (`_moved`) makes that so.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._packed import HALF, ORDER, dividers, exact
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
INPUTS, CHANNELS = 5, 16
STEPS = {INPUTS: "", 2 * INPUTS: "_by_2"}  # bytes from pixel to pixel
FILE = "pointwise_packed_odd_dsp"
FACTOR = 256  # of the second channel's sums
ROOM = (1 << 31) // FACTOR  # which these fit a word below
SMALLEST = 1 << 30  # no multiplier of the first one, as 2^32 less twice that would not fit
FARTHEST, APART = 4096, 64  # inputs are moved by multiples of APART
Ints = NDArray[np.int64]


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w, lines = call.fields, layer.input(0), layer.input(1), of_pixels(layer, call)
    count = w.shape[0]
    if lines is None or (count, x.shape[3]) != (CHANNELS, INPUTS):
        return None
    low, high, zero = (int(f[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if lines.images != 1 or lines.step not in STEPS or (low, high) != (-128, 127):
        return None
    first, second = np.arange(count).reshape(-1, 2, 2).transpose(1, 0, 2).reshape(2, -1)  # of every four 0, 1 and 2, 3
    real, weights = effective_scale(x, w, layer.outputs[0]), layer.data(1).reshape(count, -1)
    folded = fold(weights, bias_of(layer, count), x.zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, zero)
    if folded is None or divider is None or np.any(folded.multiplier[first] <= SMALLEST):
        return None
    rounded = (folded.multiplier + FACTOR // 4) // (FACTOR // 2)
    wide = replace(folded, factor=np.full(count, FACTOR), multiplier=rounded)
    if not np.all(exact(wide, real, zero, divider)[second]):
        return None
    values = folded.weights.astype(np.int64)
    farthest = np.abs(folded.bias) + 128 * np.abs(values).sum(axis=1)
    moved, fifth = _moved(values[second], folded.bias[second]), values[second, -1] + (values[first, -1] << 24)
    if moved is None or np.any(farthest[second] >= ROOM) or np.any(np.abs(fifth) >= 1 << 31):
        return None
    bias = folded.bias - moved * values[:, :-1].sum(axis=1)
    halves = values[:, ORDER].astype(np.int16, order="C")
    stream = [FACTOR * bias[second], bias[first], fifth, halves.view(np.int32)[first]]
    stream += [(FACTOR * halves).view(np.int32)[second], (1 << 32) - 2 * folded.multiplier[first]]
    stream += [divider[first], rounded[second], divider[second]]
    fields: dict[str, Value] = {"stream": np.column_stack(stream).astype(np.int32)}
    fields |= {"lines": lines.lines, "row": lines.samples * lines.step, "gap": lines.fields(count)["gap"]}
    fields |= {"line_step": lines.line_step, "offset": moved % HALF * (HALF + 1)}
    return Call(f"pointwise_packed_odd_{INPUTS}_to_{count}{STEPS[lines.step]}_dsp", fields, source=FILE)


def _moved(weights: Ints, bias: Ints) -> int | None:
    """What all inputs but the last one are moved by, nearest to 0; None where nothing does.

    The bias that remains has the sign of its sum with the last product, whatever that input, and both fit a word.
    """
    others, last = weights[:, :-1].sum(axis=1), weights[:, -1]
    for moved in sorted(range(-FARTHEST, FARTHEST + 1, APART), key=abs):
        rest = bias - moved * others
        ends = np.array([rest, rest - 128 * last, rest + 127 * last])
        if np.all((ends < 0) == (rest < 0)) and np.all(np.abs(ends) < ROOM):
            return moved
    return None
