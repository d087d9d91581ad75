"""3x3 windows of three channels into three: `firmware/src/conv_2d_trios_mve.c`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._picture import BYTE, CHANNELS, SIDE, WORD, Words, lanes, outputs_of, picture, words
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE, OUT_C = "conv_2d", "conv_2d_trios_mve", 3
BATCH, ROUND = 16, 48
LAST = (2, 0, 1, 2)  # channels of the last four outputs


def form(layer: Layer, call: Call) -> list[Call] | None:
    shape = picture(call, OUT_C)
    if shape is None:
        return None
    found, height, width, stride = shape.found, shape.height, shape.width, shape.stride

    def of(name: str) -> int:
        return integer(call.fields, name)

    constants = [words(shape.offsets().swapaxes(0, 1))]
    for column in (0, 1, width - 1):
        begins, weights = shape.column(column, of("in_w"))
        constants += [np.tile(begins, 2), words(weights.swapaxes(0, 1))]
    data = shape.fields(call) | {"constants": np.concatenate(constants), "between": width - 2}

    def made(name: str, ends: list[Words], steps: list[int], sums: int) -> Call:
        packed = {"ends": np.concatenate(ends), "steps": np.array(steps, np.int32)}
        return Call(f"{FILE}_{name}", data | packed, scratch=shape.scratch(sums), source=FILE)

    calls = []
    if (of("in_h"), of("in_w"), stride, shape.pad, of("batches")) == (13, 13, 2, (1, 1), 1):
        row = CHANNELS * width
        places = np.array(
            [*outputs_of(range(0, height - 1, 2), width, OUT_C, range(OUT_C)), *range(row * (height - 1), row * height)]
        )
        batches = places[: len(places) // ROUND * ROUND].reshape(-1, BATCH)
        zero = np.array([of("out_zero")], np.int32)
        calls.append(made("13", [zero, _scales(found), _scale(found, LAST), lanes(batches)], [0], len(places)))
    places = np.array(outputs_of(shape.pairs, width, OUT_C, range(OUT_C)))
    if width > SIDE and len(places) >= ROUND:
        rounds = -(-len(places) // ROUND)
        early = rounds * ROUND - len(places)
        batches = np.concatenate([places[: (rounds - 1) * ROUND], places[-ROUND:]]).reshape(-1, BATCH)
        batches = batches - BATCH * np.arange(len(batches))[:, None]
        origin = int(batches.min())
        if batches.max() - origin <= BYTE:
            steps = [*shape.moves((width - 1) * stride * CHANNELS), early * WORD, origin, rounds - (early > 0)]
            calls.append(made(f"by_{stride}", [_scales(found), lanes(batches - origin)], steps, len(places)))
    return calls or None


def _scale(found: Folded, channels: Sequence[int]) -> Words:
    """Multipliers of the sums of these channels, then what comes second."""
    return np.array([*found.multiplier[[*channels]], *found.second[[*channels]]], np.int64).astype(np.int32)


def _scales(found: Folded) -> Words:
    channels = np.arange(ROUND).reshape(-1, BATCH) % CHANNELS
    return np.concatenate([_scale(found, batch.tolist()) for batch in channels])
