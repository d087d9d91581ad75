"""Convolution of 1x1 taps and one input by a table of its values: `firmware/src/pointwise_table_dsp.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c import lookup
from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._lines import of_pixels

OPERATOR = "conv_2d"
WORD = 4
CHANNELS: Mapping[int, int] = {1: 12, 2: 12, 3: 12, 4: 12, 8: 16, 16: 16}  # with functions: a pixel's bytes of code
ADD = 4  # bytes of code more where pixels are apart
FEWEST, MOST = WORD, 64  # channels of the function for any number
TURN, LINE = 8, 16  # pixels of a turn; of a line of every second one, at most
COPY, COPIES = 8, MOST // WORD  # bytes of code for a word, and how many there are
FILE = "pointwise_table_dsp"


def _words(rows: NDArray[np.int8]) -> NDArray[np.int32]:
    """A table in words: of three channels as if there were four."""
    return (np.pad(rows, ((0, 0), (0, 1))) if rows.shape[1] == 3 else rows).reshape(-1).view(np.int32)


def form(layer: Layer, call: Call) -> Call | None:
    """None where the kernel's conditions do not hold."""
    lines = of_pixels(layer, call)
    count, inputs = layer.input(1).shape[0], layer.input(1).shape[-1]
    if lines is None or inputs != 1 or count > MOST:
        return None
    code = CHANNELS.get(count, 0)
    whole, together = lines.lines * lines.images == 1, lines.step == 1 or lines.samples == 1
    if code and whole and together:
        name, skip = f"pointwise_table_to_{count}_dsp", -lines.samples % TURN * code
    elif code and lines.step == 2 and lines.samples <= LINE:
        name, skip = f"pointwise_table_to_{count}_by_2_dsp", (LINE - lines.samples) * code
    elif code and whole:
        name, skip = f"pointwise_table_to_{count}_apart_dsp", -lines.samples % TURN * (code + ADD)
    elif count >= FEWEST:
        name, skip = FILE, (COPIES - count // WORD) * COPY
    else:
        return None
    known = lines.fields(count)
    image = lines.lines * (lines.samples * lines.step + int(known["gap"]))  # type: ignore[arg-type]
    fields: dict[str, Value] = {
        "table": _words(lookup.of_one_input(layer)),
        "skip": skip,
        "size": lines.lines * lines.samples * count,
        "gap": known["gap"],
        "images": lines.images,
        "image_gap": lines.image_step - image if lines.images > 1 else 0,
        "channels": count,
        "step": lines.step,
        "rest": count % WORD,
        "line": lines.samples * count,
        "lines": lines.lines,
    }
    return Call(name, fields, source=FILE)
