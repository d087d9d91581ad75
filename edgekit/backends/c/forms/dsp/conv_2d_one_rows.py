"""Convolution of 1x1 taps in steps of two into one channel: `firmware/src/pointwise_one_rows_dsp.c`, and
`pointwise_one_sevens_dsp.c`, which is for rows of seven outputs."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.backends.c.forms.dsp._one_fours import stream_of
from edgekit.backends.c.forms.dsp._requantize import clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR = "conv_2d"
INPUTS, STEP = (16, 24, 32), 2  # that have a function; pixels from one to the next
OF_SEVENS = (4, 8, *INPUTS)  # the same for rows of seven outputs
FOUR, THREE = 4, 3  # pixels of a block
SEVEN = FOUR + THREE
FILE, SEVENS = "pointwise_one_rows_dsp", "pointwise_one_sevens_dsp"


def fours(outputs: int) -> int:
    """Outputs of a row that are computed four at a time, so that the others are threes; 0 where there are none."""
    return next((n for n in range(outputs - outputs % FOUR, 0, -FOUR) if (outputs - n) % THREE == 0), 0)


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    f, x, w, lines = call.fields, layer.input(0), layer.input(1), of_pixels(layer, call)
    count, inputs = w.shape[0], w.shape[3]
    if lines is None or count != 1 or inputs not in (OF_SEVENS if lines.samples == SEVEN else INPUTS):
        return None
    low, high, zero = (int(f[name]) for name in ("low", "high", "out_zero"))  # type: ignore[arg-type]
    if lines.step != STEP * inputs or lines.images != 1 or not fours(lines.samples) or (low, high) != (-128, 127):
        return None
    real = effective_scale(x, w, layer.outputs[0])
    folded = fold(layer.data(1).reshape(count, -1), bias_of(layer, 1), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    size = lines.samples * lines.lines
    constants = {"multiplier": int(folded.multiplier[0]), "divider": int(folded.divider[0]), "zero_point": zero}
    if lines.samples == SEVEN:
        own: dict[str, Value] = {"stream": stream_of(folded), **constants, "size": size, "row_step": lines.line_step}
        return Call(f"pointwise_one_sevens_{inputs}_dsp", own, source=SEVENS)
    stream = np.concatenate([stream_of(folded), list(constants.values())]).astype(np.int32)
    known = lines.fields(1)
    fields: dict[str, Value] = {"stream": stream, "fours": fours(lines.samples)}
    fields |= {"size": size, "gap": known["gap"], "outputs": known["outputs"]}
    return Call(f"pointwise_one_rows_{inputs}_dsp", fields, source=FILE)
