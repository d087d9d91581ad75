"""Layers of one output, four pixels at a time: `firmware/src/pointwise_one_fours_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, bias_of
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._pack import halves
from edgekit.backends.c.forms.dsp._packed import dividers
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold

FOUR, INPUTS = 4, (4, 8, 16, 24, 32, 64)  # pixels; inputs that have a function
TOGETHER, EIGHT = 8, 4  # weights, and their words
TURN, CODE = 3, 200  # fours in one turn of the kernel of eight inputs, bytes of code for each
FILE = "pointwise_one_fours_dsp"


def stream_of(folded: Folded) -> NDArray[np.int32]:
    """As `firmware/include/edgekit/one_output_dsp.h` says: weights, and after the first eight, or all, four biases."""
    words = halves(folded.halves).view(np.int32).reshape(-1)
    return np.concatenate([words[:EIGHT], np.repeat(folded.start, FOUR), words[EIGHT:]]).astype(np.int32)


def one_fours(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """The kernel's call; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    weights: NDArray[np.int8] = layer.data(1)
    weights = weights.reshape(weights.shape[0], -1)
    count, inputs = weights.shape
    if count != 1 or inputs not in INPUTS or (call.fields["low"], call.fields["high"]) != (-128, 127):
        return None
    if lines.images * lines.lines != 1 or lines.samples % FOUR or lines.step != inputs:
        return None
    folded = fold(weights, bias_of(layer, 1), layer.input(0).zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, layer.outputs[0].zero_point)
    if folded is None or divider is None:
        return None
    words, constants = stream_of(folded), [*folded.multiplier, *divider]
    if inputs == TOGETHER:
        words, constants = words[: EIGHT + 1], [*constants, -(lines.samples // FOUR) % TURN * CODE]
    stream = np.concatenate([words, np.array(constants, np.int32)])
    return Call(f"pointwise_one_fours_{inputs}_dsp", {"stream": stream, "last": lines.samples * inputs}, source=FILE)
