"""3x3 windows of two channels into few, pictures of 12x12: `firmware/src/conv_2d_two_words_mve.c`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._begins import SIDE, begin
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "conv_2d_two_words_mve"
IN_C, OUT, WORD = 2, 12, 4
LARGEST_C = 4  # places of outputs are bytes
ROUNDS = 3  # of 48 outputs
BEFORE, BEHIND = (0, 1, 2, 3, 4, 0, 1, 2), (7, 8, 9, 10, 11, 9, 10, 11)  # columns of a pair's first and last sums
Words = NDArray[np.int32]
ADDRESSES = np.array([0, 24, 48, 72, 0, 4, 24, 28], np.int32)
Pixels = list[tuple[int, int]]  # row, column


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    out_c, batches = of("out_c"), of("batches")
    if (
        of("in_c") != IN_C or out_c > LARGEST_C or any(of(f"kernel_{s}") != SIDE for s in "hw")
        or any(of(f"{name}_{s}") != 1 for name in ("stride", "dilation") for s in "hw")
        or any(of(name) != 1 for name in ("pad_top", "pad_left"))
        or any(of(f"{name}_{s}") != OUT for name in ("in", "out") for s in "hw")
        or (of("low"), of("high")) != (-128, 127)
    ):  # fmt: skip
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if found is None:
        return None
    one = out_c * batches == 1
    streams = [_stream(found, i, of("in_zero"), of("out_zero"), one) for i in range(out_c)]
    return Call(
        f"{FILE}_{'one' if one else 'several'}",
        {
            "stream": np.concatenate(streams), "batches": batches, "in_size": OUT * OUT * IN_C,
            "out_step": (OUT * OUT - 1) * out_c,
        },
        scratch=OUT * OUT * WORD,
        source=FILE,
    )  # fmt: skip


def _stream(found: Folded, channel: int, in_zero: int, out_zero: int, one: bool) -> Words:
    """ek_conv_2d_two_words_mve_t has the order."""
    out_c = len(found.bias)
    window = found.weights[channel].reshape(SIDE, SIDE, IN_C).astype(np.int64)

    def begins(y: int, columns: Iterable[int]) -> Words:
        return _ints([begin(found, channel, in_zero, (y - 1, x - 1), OUT) for x in columns])

    def part(rows: int, columns: int, top: int, left: int) -> Words:
        """Weights where a vector of so many rows and columns begins that far below and right of the window's begin."""
        vector = np.zeros((rows, columns, IN_C), np.int8)
        for i, j in product(range(rows), range(columns)):
            if 0 <= i + top < SIDE and 0 <= j + left < SIDE:
                vector[i, j] = window[i + top, j + left]
        return vector.reshape(-1).view("<i4").astype(np.int32)

    def outer(y: int, top: int) -> list[Words]:
        return [*(part(2, 4, top, 1 - k) for k in range(4)), begins(y, range(OUT))]

    def row(top: int) -> list[Words]:
        return [part(4, 2, top, left) for left in (-1, 1, 0, 2)]  # even outputs' left and right columns, odd ones'

    first, *others = (begins(1, columns) for columns in (BEFORE, range(1, 9), BEHIND))
    more = int(channel < out_c - 1)
    constants = (found.multiplier[channel], found.second[channel], OUT * out_c, out_zero, 2 * OUT * out_c, more, ROUNDS)
    return np.concatenate([
        ADDRESSES, *outer(0, 1), *outer(OUT - 1, 0), first, *row(0), *row(-1), *others,
        _ints([int(value) for value in constants]), _places(out_c, one),
    ])  # fmt: skip


def _places(out_c: int, one: bool) -> Words:
    """Of each round's outputs, in the order of their sums."""
    order: Pixels = [(0, x) for x in range(OUT)]
    for top in range(1, OUT - 1, 2):
        first, second = (top, top + 1) if top % 4 == 1 else (top + 1, top)
        order += [(first, x) for x in range(5)] + [(second, x) for x in range(9)]
        order += [(first, x) for x in range(5, OUT)] + [(second, x) for x in range(9, OUT)]
    order += [(OUT - 1, x) for x in range(OUT)]
    outputs = np.array([y * OUT + x for y, x in order]).reshape(ROUNDS, -1)
    if not one:  # the second and third sixteen of a round count from a row further down, rounds from three
        outputs -= 3 * OUT * np.arange(ROUNDS)[:, None]
        outputs[:, 16:] -= OUT
    return places([int(place) for place in outputs.reshape(-1) * out_c])


def _ints(values: list[int]) -> Words:
    return np.array(values, np.int64).astype(np.int32)
