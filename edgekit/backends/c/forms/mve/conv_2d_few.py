"""Convolution into one, three, four or ten channels, `firmware/src/conv_2d_few_mve.c`: all channels' sums first."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._bands import bands_of, inside_image, rows_of
from edgekit.backends.c.forms.mve._pack import ORDER
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

OPERATOR = "conv_2d"
KERNEL_H, BLOCK, VECTOR, WORD = 3, 8, 16, 4
# by channels and vectors of a window's row: the units that these are taken in
UNITS: dict[tuple[int, int], tuple[int, ...]] = {
    (1, 3): (3,), (1, 5): (3, 2), (1, 6): (3, 3), (1, 12): (4, 4, 4),
    (3, 2): (2,), (3, 3): (3,), (3, 5): (3, 2), (3, 6): (3, 3),
    (4, 1): (1,), (4, 2): (2,), (4, 3): (3,), (4, 5): (3, 2),
    (8, 1): (1,), (8, 2): (2,), (2, 1): (1,), (2, 2): (2,),
    (1, 1): (1,), (1, 2): (2,), (3, 1): (1,),
}  # fmt: skip
TEN = (8, 2)  # channels, one pass after the other
ROOM = 6144  # bytes of scratch that a band may take, unless one row takes more


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    in_c, out_c, out_h, out_w = (of(name) for name in ("in_c", "out_c", "out_h", "out_w"))
    length = of("kernel_w") * in_c
    vectors = -(-length // VECTOR)
    parts = TEN if out_c == sum(TEN) else (out_c,)
    if (
        of("kernel_h") != KERNEL_H or out_c in TEN or (parts[0], vectors) not in UNITS or (vectors > 1 and in_c % WORD)
        or not inside_image(call)
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second):
        return None
    columns = (out_w - 1) * of("stride_w") + of("kernel_w")
    pitch, row, pixel = columns * in_c, columns * in_c * of("stride_h"), of("stride_w") * in_c
    inside = min(columns - of("pad_left"), of("in_w")) * in_c

    def sums(band: int) -> int:
        slots = (band - 1) * of("stride_h") + KERNEL_H
        return -(-(slots * pitch + vectors * VECTOR - length) // WORD) * WORD

    size = BLOCK * WORD  # sums are read by eights
    band = max([1, *(r for r in range(1, out_h + 1) if sums(r) + r * out_w * out_c * WORD + size <= ROOM)])
    read = vectors * VECTOR if vectors > 1 else 0
    limited = (of("low"), of("high")) != (-128, 127)
    constants = _constants(found)
    codes = [[*UNITS].index((channels, vectors)) for channels in parts]
    packed = [
        _pack(found, vectors, first, first + channels) for first, channels in zip((0, *parts), parts, strict=False)
    ]
    return Call(
        "conv_2d_few_mve",
        {
            **{name: fields[name] for name in ("batches", "out_h", "out_w", "out_zero", "low", "high")},
            "out_pitch": out_w * out_c, "band": band, "in_size": of("in_h") * of("in_w") * in_c,
            "rows": rows_of(call, pitch, inside),
            **bands_of(call, pitch, of("pad_left") * in_c, inside, band, row, rows=True),
            "sums": sums(band), "code": codes[0], "rest_code": [*codes, -1][1],
            "weights": packed[0], "rest_weights": [*packed, np.zeros(1, np.int32)][1],
            "row_step": pitch - read, "pixel_step": pixel - 2 * pitch - read, "line_step": row - out_w * pixel,
            "limited": int(limited), "constants": constants, "period": len(constants) // (2 * BLOCK),
        },
        scratch=sums(band) + band * out_w * out_c * WORD + size,
    )  # fmt: skip


def _pack(found: Folded, vectors: int, first: int, end: int) -> NDArray[np.int32]:
    """Of some channels: biases; of every row and unit the vectors of one channel after another."""
    rows = found.weights[first:end].reshape(end - first, KERNEL_H, -1)
    padded = np.zeros((end - first, KERNEL_H, vectors * VECTOR), np.int8)
    padded[:, :, : rows.shape[2]] = rows
    words = padded.view("<i4").reshape(end - first, KERNEL_H, vectors, WORD)
    parts = [found.bias[first:end]]
    for row in range(KERNEL_H):
        start = 0
        for unit in UNITS[end - first, vectors]:
            parts.append(words[:, row, start : start + unit].reshape(-1))
            start += unit
    return np.concatenate(parts).astype(np.int32)


def _constants(found: Folded) -> NDArray[np.int32]:
    """Of as many eights of outputs as it takes until the channels come in the same order again."""
    out_c = len(found.bias)
    channels = np.arange(math.lcm(out_c, BLOCK)).reshape(-1, BLOCK)[:, ORDER] % out_c
    return np.stack([found.multiplier[channels], found.second[channels]], axis=1).reshape(-1).astype(np.int32)
