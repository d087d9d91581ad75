"""Layers of 2 to 4 inputs, outputs stored by eights or fours: `firmware/src/pointwise_packed_four_dsp.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._few_inputs import NONE, words
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._packed import ORDER, dividers
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold

FOUR = 4
# By inputs: those of the halfwords of two words of weights.
PLACES: Mapping[int, tuple[int, ...]] = {2: (0, 1, NONE, NONE), 3: (0, 2, 1, NONE), 4: (0, 2, 1, 3)}
COMMON = (4, 8, 12, 16, 24, 32, 64)
CHANNELS: Mapping[int, tuple[int, ...]] = {2: (*COMMON, 10), 3: (*COMMON, 10), 4: COMMON}  # of the functions there are
PAIRS = (4, 8, 16)  # channels of four inputs that have one for pairs of pixels too
FILE = "pointwise_packed_four_dsp"


def channels(layer: Layer, call: Call, real: NDArray[np.float64]) -> NDArray[np.int32] | None:
    """Five words of each channel, as `packed_four_dsp.h` takes them; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    weights: NDArray[np.int8] = layer.data(1)
    weights = weights.reshape(weights.shape[0], -1)
    count, inputs = weights.shape
    if inputs not in PLACES or (call.fields["low"], call.fields["high"]) != (-128, 127):
        return None
    folded = fold(weights, bias_of(layer, count), layer.input(0).zero_point, real, clamp_of(call))
    divider = None if folded is None else dividers(folded, real, layer.outputs[0].zero_point)
    if folded is None or divider is None:
        return None
    first, second = words(folded, PLACES[inputs]).T
    return np.column_stack([first, folded.start, second, folded.multiplier, divider]).astype(np.int32)


def in_order(count: int) -> list[int]:
    """Channels as the functions take them."""
    fours = count // FOUR * FOUR
    return [*np.arange(fours).reshape(-1, FOUR)[:, ORDER].reshape(-1), *range(fours, count)]


def packed_four(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """The kernel's call; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    count = layer.input(1).shape[0]
    inputs = layer.input(1).elements // count
    stream = channels(layer, call, real) if count in CHANNELS.get(inputs, ()) else None
    if stream is None:
        return None
    together = lines.images * lines.lines == 1 and (lines.step, lines.samples % 2) == (FOUR, 0)
    pairs = inputs == FOUR and count in PAIRS and together
    gap = lines.line_step - lines.samples * lines.step if lines.lines > 1 else 0
    image = lines.lines * (lines.samples * lines.step + gap)
    fields: dict[str, Value] = {
        "stream": stream[in_order(count)],
        "step": lines.step,
        "last": (lines.samples - 1 - pairs) * count,
        "lines": lines.lines,
        "gap": gap,
        "images": lines.images,
        "image_gap": lines.image_step - image if lines.images > 1 else 0,
        "all": lines.lines,
    }
    return Call(f"pointwise_packed_{inputs}_to_{count}{'_pairs' * pairs}_dsp", fields, source=FILE)
