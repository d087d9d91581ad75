"""Layers of one output, two pixels at a time: `firmware/src/pointwise_one_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._pack import halves
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold

TOGETHER, MOST = 8, 64  # inputs
CODE = 76  # bytes for each 8 inputs


def one(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """The kernel's call; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    weights: NDArray[np.int8] = layer.data(1)
    weights = weights.reshape(weights.shape[0], -1)
    count, inputs = weights.shape
    low, high, zero = (int(call.fields[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if count != 1 or inputs % TOGETHER or inputs > MOST or (low, high) != (-128, 127):
        return None
    if lines.images * lines.lines != 1 or lines.samples < 2 or lines.step != inputs:
        return None
    folded = fold(weights, bias_of(layer, 1), layer.input(0).zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    pairs = -(-lines.samples // 2)
    second = lines.samples - pairs
    constants = np.array([folded.multiplier[0], folded.divider[0], zero, second], np.int32)
    stream = np.concatenate([halves(folded.halves).view(np.int32).reshape(-1), constants])
    fields: dict[str, Value] = {"stream": stream, "second": second * inputs, "bias": int(folded.start[0])}
    fields |= {"skip": (MOST - inputs) // TOGETHER * CODE, "pairs": pairs, "in_c": inputs}
    return Call("pointwise_one_dsp", fields)
