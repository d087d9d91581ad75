"""1x1 convolutions of 16, 24 or 32 channels, pixels in pairs: `pointwise_pairs_mve.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._pack import HALF, VECTOR, WORD
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

CHANNELS = (16, 24, 32)
MOST_PLACES = 64  # pixels in a table: a word of flash each, which ends of short lines would be worth


def pairs(call: Call, geometry: Mapping[str, int]) -> Call | None:
    """The form of a portable `call` on a picture without padding, `geometry`; None where a condition does not hold."""
    fields = call.fields
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    found = places(geometry, in_c)
    if found is None or in_c not in CHANNELS or out_c < HALF or (fields["low"], fields["high"]) != (-128, 127):
        return None
    folded = fold(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    count, dense = len(found), np.array_equal(found, in_c * np.arange(len(found)))
    if not np.all(folded.second) or count < 2 or not (dense or count <= MOST_PLACES):
        return None
    odd, table = count % 2, np.zeros(1, np.int32)
    if not dense:
        table = np.concatenate([found[: count - odd], found[count - 2 * odd :][: 2 * odd]]).astype(np.int32)
    return Call(
        f"pointwise_pairs_mve_{in_c}" if dense else f"pointwise_pairs_mve_places_{in_c}",
        {
            "places": table, "bytes": (count - odd) * (in_c if dense else WORD), "out_c": out_c,
            "stream": stream(folded), "y_back": odd * out_c, "x_back": odd * in_c, "out_zero": fields["out_zero"],
        },
        source="pointwise_pairs_mve",
    )  # fmt: skip


def places(geometry: Mapping[str, int], in_c: int) -> NDArray[np.int64] | None:
    """Where in the input the pixel of every output is, in bytes; None where there is none."""
    batches, in_h, in_w, out_h, out_w, down, right = (
        geometry[name] for name in ("batches", "in_h", "in_w", "out_h", "out_w", "stride_h", "stride_w")
    )
    if (out_h - 1) * down >= in_h or (out_w - 1) * right >= in_w:
        return None
    lines = np.arange(batches)[:, None] * in_h + np.arange(out_h) * down
    return np.asarray((lines[..., None] * in_w + np.arange(out_w) * right).reshape(-1) * in_c)


def stream(found: Folded) -> NDArray[np.int32]:
    channels, in_c = found.weights.shape
    wide = np.zeros((channels, -(-in_c // VECTOR) * VECTOR), np.int8)
    wide[:, :in_c] = found.weights
    parts: list[NDArray[np.int32]] = []
    for start in range(0, channels, HALF):
        rows = slice(start, min(start + HALF, channels))
        size = rows.stop - start
        if start:
            parts.append(np.array([size], np.int32))
        parts.append(np.tile(found.bias[rows], 2).astype(np.int32))
        parts.append(wide[rows].reshape(-1).view(np.int32))
        for row in (found.multiplier[rows], found.second[rows]):
            parts.append((np.repeat(row, HALF) if size == 2 else np.resize(row, HALF)).astype(np.int32))
    parts += [np.zeros(int(channels % HALF == 0), np.int32)]
    return np.concatenate(parts)
