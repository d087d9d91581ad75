"""3x3 windows of three channels into four, rows of 12 or 13 pixels: `firmware/src/conv_2d_quads_mve.c`."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

OPERATOR, FILE = "conv_2d", "conv_2d_quads_mve"
SIDE, IN_C, OUT_C, VECTOR, WORD = 3, 3, 4, 16, 4
WIDTHS = {1: (12, 12), 2: (13, 7)}  # by stride: of the picture, of the output
BLOCK = 544  # bytes of the stream that a row of outputs takes, without the word of nothing
LARGEST_H = 256
Words = NDArray[np.int32]


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    height, width, stride = of("out_h"), of("out_w"), of("stride_h")
    if (
        (of("in_c"), of("out_c")) != (IN_C, OUT_C) or (of("in_w"), width) != WIDTHS.get(stride)
        or (of("kernel_h"), of("kernel_w"), of("stride_w")) != (SIDE, SIDE, stride) or not SIDE <= height <= LARGEST_H
        or any(of(n) != 1 for n in ("dilation_h", "dilation_w", "pad_top", "pad_left"))
        or (height - 1) * stride + SIDE != of("in_h") + 2 or (of("low"), of("high")) != (-128, 127)
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(OUT_C, -1))
    if not np.all(found.second):
        return None
    zero = of("in_zero")
    stream = [
        part
        for rows in (range(1, SIDE), range(SIDE), range(SIDE - 1))
        for part in _block(found, zero, rows, stride)
    ]  # fmt: skip
    steps = [WORD, *[-BLOCK] * (height - SIDE), WORD, 0]
    outputs = height * width * OUT_C
    constants = [
        *found.multiplier,
        of("out_zero"),
        outputs % VECTOR,
        outputs // VECTOR,
        *np.repeat(found.second, OUT_C),
    ]
    return Call(
        f"{FILE}_by_{stride}",
        {
            "batches": of("batches"), "in_size": of("in_h") * of("in_w") * IN_C, "out_size": outputs,
            "stream": np.concatenate(stream), "steps": np.array([*steps, *constants], np.int64).astype(np.int32),
        },
        scratch=-(-outputs // VECTOR) * VECTOR * WORD,
        source=FILE,
    )  # fmt: skip


def _block(found: Folded, zero: int, rows: range, stride: int) -> list[Words]:
    """Of a row of outputs, of whose windows these `rows` are inside."""
    width, _ = WIDTHS[stride]
    first, last, inner = (
        _window(found, zero, rows, columns, pixel, width)
        for columns, pixel in ((range(1, SIDE), -1), (range(SIDE - 1), width - 2), (range(SIDE), stride - 1))
    )
    outer = [part for _, halves in (first, last) for half in halves for part in half]
    begins, ((offsets_1, weights_1), (offsets_2, weights_2)) = inner
    nothing = np.zeros(1, np.int32)
    return [first[0], last[0], *outer, offsets_1, offsets_2, begins, begins, weights_1, weights_2, nothing]


def _window(
    found: Folded, zero: int, rows: range, columns: range, pixel: int, width: int
) -> tuple[Words, tuple[tuple[Words, Words], tuple[Words, Words]]]:
    """Begins of the sums, and of each half offsets and weights; the window begins at `pixel`."""
    filters = found.weights.reshape(OUT_C, SIDE, SIDE, IN_C)
    taps = list(product(rows, columns, range(IN_C)))
    inside = sum(filters[:, ky, kx, c].astype(np.int64) for ky, kx, c in taps)
    begins = found.bias + zero * (filters.astype(np.int64).sum(axis=(1, 2, 3)) - inside)

    def half(part: list[tuple[int, int, int]]) -> tuple[Words, Words]:
        places = [(ky * width + pixel + kx) * IN_C + c for ky, kx, c in part]
        offsets = np.full(VECTOR, places[0], np.uint8)  # lanes that are left meet weights of 0
        offsets[: len(part)] = places
        weights = np.zeros((OUT_C, VECTOR), np.int8)
        for i, (ky, kx, c) in enumerate(part):
            weights[:, i] = filters[:, ky, kx, c]
        return _words(offsets), _words(weights)

    middle = (len(taps) + 1) // 2
    return begins.astype(np.int32), (half(taps[:middle]), half(taps[middle:]))


def _words(values: NDArray[np.uint8] | NDArray[np.int8]) -> Words:
    return values.reshape(-1).view("<i4").astype(np.int32)
