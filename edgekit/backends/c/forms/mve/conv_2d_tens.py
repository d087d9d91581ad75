"""3x3 windows of three channels into ten: `firmware/src/conv_2d_tens_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._picture import BYTE, CHANNELS, VECTOR, WORD, lanes, outputs_of, picture, words
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR, FILE, OUT_C = "conv_2d", "conv_2d_tens_mve", 10
BATCH = 16
PIXELS = 4  # columns of pairs that have a batch of every output
GROUPS = (range(4), range(4, 8), range(8, 10))  # outputs whose sums have a place of their own


def form(layer: Layer, call: Call) -> Call | None:
    shape = picture(call, OUT_C)
    if shape is None:
        return None
    width, stride, columns = shape.width, shape.stride, shape.width * len(shape.pairs)
    if columns < PIXELS:
        return None
    constants = []
    for column in (0, 1, width - 1):
        begins, weights = shape.column(column, integer(call.fields, "in_w"))
        constants.append(words(shape.offsets()))
        for some in GROUPS:
            constants += [np.tile(begins[some], 2), words(weights[some])]
    heads, tables = [], []
    for some in GROUPS:
        places = np.array(outputs_of(shape.pairs, width, OUT_C, some))
        whole, pixels = len(places) // BATCH, BATCH // len(some)
        early = -len(places) % BATCH
        batches = np.concatenate([places[: whole * BATCH], places[-BATCH:] if early else []]).reshape(-1, BATCH)
        batches = batches - pixels * OUT_C * np.arange(len(batches))[:, None]
        origin = int(batches.min())
        if batches.max() - origin > BYTE:
            return None
        both = (shape.found.multiplier, shape.found.second)
        scale = [np.tile(values[some], VECTOR // WORD // len(some)) for values in both]
        heads.append(np.array([origin, early * WORD, whole, *np.concatenate(scale)], np.int64).astype(np.int32))
        tables.append(lanes(batches - origin))
    starts = np.array([8 * columns * WORD, 16 * columns * WORD], np.int32)  # both rows of 4 outputs each
    data = shape.fields(call) | {
        "constants": np.concatenate(constants), "ends": np.concatenate([starts, *heads, tables[0], tables[2]]),
        "steps": np.array(shape.moves((width - 1) * stride * CHANNELS), np.int32), "between": width - 2,
    }  # fmt: skip
    return Call(f"{FILE}_by_{stride}", data, scratch=shape.scratch(2 * columns * OUT_C), source=FILE)
