"""1x1 convolutions of 8 into 4 channels whose shifts are the same in pairs: `firmware/src/pointwise_shifts_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._chains import LANES, folded, pixels_of, spread
from edgekit.backends.c.forms.mve._chains import forms as vectors
from edgekit.backends.c.forms.mve._pack import WORD
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "pointwise_shifts_mve"
CHANNELS, PIXELS = 4, 144
PAIRS = {"01": ((0, 1), (2, 3)), "02": ((0, 2), (1, 3))}  # a store interleaves outputs, by two or one by one
BETWEEN = 5  # biases of a core register below the pointer's


def form(layer: Layer, call: Call) -> list[Call] | None:
    fields = call.fields
    found = folded(fields) if (fields["out_c"], pixels_of(fields)) == (CHANNELS, PIXELS) else None
    if found is None:
        return None
    fit = [name for name, pairs in PAIRS.items() if all(len(set(found.second[list(two)])) == 1 for two in pairs)]
    return [_call(found, integer(fields, "out_zero"), fit[0])] if fit else None


def _call(found: Folded, out_zero: int, name: str) -> Call:
    (a, b), (c, d) = PAIRS[name]
    filters, biases = _pass(found, [a, b])
    more, last = _pass(found, [c, d])
    m = found.multiplier
    constants = [np.full(LANES, value, np.int32) for value in (m[d], found.second[a], found.second[c])]
    marked = np.insert(last, (1, 3, 4, 6), (m[a], m[b], m[c], out_zero)).astype(np.int32)
    return Call(
        f"{FILE}_{name}",
        {
            "filters": tuple(filters.tolist()), "biases": tuple(biases[:BETWEEN].tolist()),
            "stream": np.concatenate([biases, more, last, marked, *constants]),
            "others": tuple(biases[BETWEEN:].tolist()),
        },
        scratch=spread(PIXELS * CHANNELS * WORD),
        source=FILE,
    )  # fmt: skip


def _pass(found: Folded, channels: list[int]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Of two channels: filters of first pixels, then of second ones; biases, four times each."""
    filters = np.concatenate(vectors(found.weights[channels]))
    return filters.reshape(-1).view(np.int32), np.repeat(found.bias[channels], LANES).astype(np.int32)
