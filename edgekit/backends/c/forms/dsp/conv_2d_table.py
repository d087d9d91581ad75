"""Convolution of 1x1 taps and one input by a table of its values: `firmware/src/pointwise_table_dsp.c`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.dsp._lines import of_pixels
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference.arithmetics import arithmetic
from edgekit.reference.ops.conv_2d import prepare_integer

OPERATOR = "conv_2d"
VALUES, WORD = 256, 4
CHANNELS: Mapping[int, int] = {1: 12, 2: 12, 3: 12, 4: 12, 8: 16, 16: 16}  # with functions: a pixel's bytes of code
ADD = 4  # bytes of code more where pixels are apart
FEWEST, MOST = WORD, 64  # channels of the function for any number
TURN, LINE = 8, 16  # pixels of a turn; of a line of every second one, at most
COPY, COPIES = 8, MOST // WORD  # bytes of code for a word, and how many there are
FILE = "pointwise_table_dsp"


def table(layer: Layer) -> NDArray[np.int32]:
    """Outputs of x as an unsigned byte, in words: of three channels as if there were four."""
    op, count = layer.op, layer.input(1).shape[0]
    assert isinstance(op, Conv2D)
    x, y = (t.with_(shape=(1, 1, VALUES, c)) for t, c in ((layer.input(0), 1), (layer.outputs[0], count)))
    kernel = prepare_integer(replace(op, stride=(1, 1)), [x, *layer.inputs[1:]], [y], arithmetic("tflm"))
    values = np.arange(VALUES).astype(np.uint8).view(np.int8).reshape(x.shape)
    (found,) = kernel([values, *[None] * (len(layer.inputs) - 1)])
    rows = found.reshape(VALUES, count).astype(np.int8)
    return (np.pad(rows, ((0, 0), (0, 1))) if count == 3 else rows).reshape(-1).view(np.int32)


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
        "table": table(layer),
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
