"""Layers of one output, 16 inputs at a time: `firmware/src/fully_connected_to_1_dsp.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import Lines
from edgekit.backends.c.forms.dsp._pack import halves
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold

FILE = "fully_connected_to_1_dsp"
WORD, BLOCK = 4, 16  # inputs
WORDS, BLOCKS = 3, 8  # that the code has
ALONE = 64  # inputs of one sample that have a function of their own
WORD_CODE, BLOCK_CODE = 22, 72  # bytes


def to_1(layer: Layer, call: Call, real: NDArray[np.float64], lines: Lines) -> Call | None:
    """The kernel's call; None where its conditions do not hold.

    Args:
        real: multipliers.
    """
    weights: NDArray[np.int8] = layer.data(1)
    weights = weights.reshape(weights.shape[0], -1)
    count, inputs = weights.shape
    low, high, zero = (int(call.fields[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if count != 1 or inputs > BLOCKS * BLOCK + WORDS * WORD or (low, high) != (-128, 127) or lines.images != 1:
        return None
    fields = lines.fields(1)
    if any(int(n) % WORD for n in (inputs, lines.step, fields["gap"])):  # type: ignore[arg-type]
        return None
    folded = fold(weights, bias_of(layer, 1), layer.input(0).zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    blocks, words = inputs // BLOCK, inputs % BLOCK // WORD
    first = [folded.start[0], (WORDS - words) * WORD_CODE]
    last = [folded.multiplier[0], folded.divider[0], zero, lines.step - inputs, -4 * (len(first) + inputs // 2)]
    stream = np.concatenate([first, halves(folded.halves).view(np.int32).reshape(-1), last]).astype(np.int32)
    kept: dict[str, Value] = {name: fields[name] for name in ("outputs", "lines", "gap")}
    kept |= {"stream": stream, "skip": (BLOCKS - blocks) * BLOCK_CODE, "in_c": inputs}
    name = FILE if lines.samples * lines.lines > 1 else f"fully_connected_{ALONE if inputs == ALONE else 1}_to_1_dsp"
    return Call(name, kept, source=FILE)
