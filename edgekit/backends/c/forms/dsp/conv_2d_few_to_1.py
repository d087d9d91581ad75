"""Convolution of 1x1 taps, 2, 3 or 5 inputs and one channel: `firmware/src/pointwise_few_to_1_dsp.c`."""

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
# By inputs: those of the halfwords of three words of weights.
PLACES: Mapping[int, tuple[int, ...]] = {
    2: (0, 1, NONE, NONE, NONE, NONE),
    3: (0, 2, 1, NONE, NONE, NONE),
    5: (0, 2, 1, 3, 2, 4),
}
STEPS = (1, 2)  # pixels from one to the next
FOUR, FOURS = 4, {2: 112, 3: 128, 5: 160}  # pixels of a block, and its bytes of code
EIGHT, PIXEL = 8, {2: 32, 3: 36, 5: 44}  # pixels of a turn, and their bytes of code
WORD = 4
FILE = "pointwise_few_to_1_dsp"


def few_to_1(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> list[Call] | None:
    """The kernel's calls, by fours and pixel by pixel; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    x = layer.input(0)
    inputs, zero = x.shape[-1], layer.outputs[0].zero_point
    if layer.input(1).shape[0] != 1 or inputs not in PLACES:
        return None
    apart = 1 if lines.samples == 1 and lines.lines * lines.images == 1 else lines.step // inputs
    if apart not in STEPS or (call.fields["low"], call.fields["high"]) != (-128, 127):
        return None
    folded = fold(layer.data(1).reshape(1, -1), bias_of(layer, 1), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    gap = lines.line_step - lines.samples * lines.step if lines.lines > 1 else 0
    image = lines.lines * (lines.samples * lines.step + gap)
    fields: dict[str, Value] = {
        "weights": tuple(int(word) for word in words(folded, PLACES[inputs])[0]),
        "start": int(folded.start[0]),
        "multiplier": int(folded.multiplier[0]),
        "divider": int(folded.divider[0]),
        "skip": -lines.samples % EIGHT * PIXEL[inputs],
        "zero_point": zero,
        "line": lines.samples,
        "gap": gap,
        "size": lines.lines * lines.samples,
        "images": lines.images,
        "image_gap": lines.image_step - image if lines.images > 1 else 0,
        "back": 0,
    }
    by_pixels = Call(f"pointwise_{inputs}_to_1{'_by_2' * (apart == 2)}_dsp", fields, source=FILE)
    divider = dividers(folded, real, zero)
    # Rows in whole words: where they are computed in parts, these begin with one.
    whole = x.shape[2] * inputs % WORD == 0 and apart == 1 and lines.lines * lines.images == 1
    if divider is None or not whole or lines.samples < FOUR:
        return [by_pixels]
    fours = lines.samples // FOUR
    of_fours: dict[str, Value] = {
        "divider": int(divider[0]),
        "skip": fours % 2 * FOURS[inputs],
        "line": FOUR * fours,
        "back": -lines.samples % FOUR,
    }
    return [Call(f"pointwise_{inputs}_to_1_fours_dsp", fields | of_fours, source=FILE), by_pixels]


form = pixel_form(few_to_1)
