"""3x3 windows of three channels into one, 12x12 pixels or 13x13 by twos: `firmware/src/conv_2d_solos_mve.c`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._picture import CHANNELS, SIDE, VECTOR, WORD, Words, lanes, words
from edgekit.backends.c.forms.mve._requantize import Folded, divider, fold, integer

OPERATOR, FILE = "conv_2d", "conv_2d_solos_mve"
SIZES = {1: (12, 12), 2: (13, 7)}  # by stride: pixels of the picture's sides, of the output's
SMALLEST, LARGEST = 2, 11  # shifts for which the last output is requantized as a word
Lane = tuple[int, int, int]  # row and column of the picture, channel
Place = tuple[int, int]  # row and column of an output


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    stride = of("stride_h")
    side, outputs = SIZES.get(stride, (0, 0))
    if (
        any(of(n) != 1 for n in ("out_c", "batches", "dilation_h", "dilation_w", "pad_top", "pad_left"))
        or (of("in_c"), of("stride_w"), of("kernel_h"), of("kernel_w")) != (CHANNELS, stride, SIDE, SIDE)
        or {of("in_h"), of("in_w")} != {side} or {of("out_h"), of("out_w")} != {outputs}
        or (of("low"), of("high")) != (-128, 127)
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(1, -1))
    shift, second = -int(found.shift[0]), int(found.second[0])
    if not SMALLEST <= shift <= LARGEST or second != divider(shift):
        return None
    windows = Windows(found, of("in_zero"), stride, side)
    constants, between = (_of_12 if stride == 1 else _of_13)(windows, of("out_zero"))
    scratch = 2 * 3 * VECTOR + side * side * CHANNELS + outputs * outputs * WORD if stride == 1 else 0
    data: dict[str, Value] = {
        "constants": np.concatenate(constants),
        "between": np.concatenate(between),
        "in_zero": of("in_zero"),
    }
    return Call(f"{FILE}_{side}", data, scratch=scratch, source=FILE)


class Windows:
    """The windows of one filter, and vectors of inputs that serve them."""

    def __init__(self, found: Folded, zero: int, stride: int, side: int) -> None:
        self.filter = found.weights.reshape(SIDE, SIDE, CHANNELS)
        self.bias, self.multiplier, self.second = int(found.bias[0]), int(found.multiplier[0]), int(found.second[0])
        self.zero, self.stride, self.side = zero, stride, side
        self.served: set[tuple[Place, Lane]] = set()

    def begins(self, places: Iterable[Place], rows: bool = True) -> list[int]:
        """Of sums: what padding adds, above and below only if `rows`."""
        values = []
        for y, x in places:
            taps = list(product(range(SIDE), range(SIDE)))
            beside = [
                (ky, kx) for ky, kx in taps
                if not 0 <= x * self.stride - 1 + kx < self.side
                or (rows and not 0 <= y * self.stride - 1 + ky < self.side)
            ]  # fmt: skip
            values.append(self.bias + self.zero * sum(int(self.filter[t].astype(np.int64).sum()) for t in beside))
        return values

    def weights(self, vector: Sequence[Lane], place: Place) -> Words:
        """Of a window: those of its taps in this vector that no vector before had; none beside the picture."""
        found = np.zeros(VECTOR, np.int8)
        for i, (row, column, channel) in enumerate(vector):
            ky, kx = (v - p * self.stride + 1 for v, p in zip((row, column), place, strict=True))
            key = (place, (row, column, channel))
            if 0 <= ky < SIDE and 0 <= kx < SIDE and 0 <= column < self.side and key not in self.served:
                found[i] = self.filter[ky, kx, channel]
                self.served.add(key)
        return words(found)

    def offsets(self, vector: Sequence[Lane], start: Place) -> Words:
        """From the pixel `start`; lanes that are left meet weights of 0."""
        found = [((row - start[0]) * self.side + column - start[1]) * CHANNELS + c for row, column, c in vector]
        assert len(found) <= VECTOR and min(found) >= 0 and max(found) <= 255
        return words(np.array(found + found[:1] * (VECTOR - len(found)), np.uint8))

    def whole(self, places: Iterable[Place]) -> bool:
        """Whether vectors had every tap of these windows that is inside the picture."""
        for y, x in places:
            inside = [
                (row, column, c)
                for row, column, c in product(range(y * self.stride - 1, y * self.stride + 2),
                                              range(x * self.stride - 1, x * self.stride + 2), range(CHANNELS))
                if 0 <= row < self.side and 0 <= column < self.side
            ]  # fmt: skip
            if any(((y, x), lane) not in self.served for lane in inside):
                return False
        return True


def _integers(values: Sequence[int]) -> Words:
    return np.array(values, np.int64).astype(np.int32)


def _pixels(*pixels: Place) -> list[Lane]:
    return [(row, column, c) for row, column in pixels for c in range(CHANNELS)]


def _of_12(w: Windows, out_zero: int) -> tuple[list[Words], list[Words]]:
    def block(column: int) -> list[Words]:
        """Of rows 2 to 5 of outputs, of which every row of taps is inside, as the copy has it for all."""
        places = [(2 + 2 * b + i, 2 * column + j) for b, i, j in product((0, 1), (0, 1), (0, 1))]
        (upper_left, upper_right, lower_left, lower_right), top, left = places[:4], 1, 2 * column - 1
        at = [[(top + i, left + j) for j in range(4)] for i in range(4)]
        vectors = (
            (_pixels(at[0][1], at[0][2], at[1][1], at[1][2], at[0][0]), upper_left, upper_right),
            (_pixels(at[3][1], at[3][2], at[1][1], at[1][2], at[3][3]), lower_left, lower_right),
            (_pixels(at[1][0], at[2][0], at[2][1], at[2][2], at[3][0]), upper_left, lower_left),
            (_pixels(at[1][3], at[2][3], at[2][1], at[2][2], at[0][3]), upper_right, lower_right),
        )
        parts = [_integers(w.begins(places, rows=False))]
        for vector, *two in vectors:
            parts += [w.offsets(vector, (top, left)), *(w.weights(vector, place) for place in two)]
        assert w.whole(places[:4])
        return parts

    _, side = SIZES[1]
    rows, columns = np.mgrid[:4, :4]
    blocks = (rows * side + columns).reshape(2, 2, 2, 2).transpose(2, 0, 1, 3).reshape(-1)  # column, row of blocks
    ends = [
        _integers([w.second] * WORD),
        lanes(blocks + 4 * np.arange(3)[:, None]),
        _integers([w.multiplier, out_zero]),
    ]
    return [*block(0), *block(side // 2 - 1)], [*block(1), *ends]


def _of_13(w: Windows, out_zero: int) -> tuple[list[Words], list[Words]]:
    stored: list[list[Place]] = []  # places of the sums that go to the stack together

    def columns(rows: Iterable[int], *some: int) -> list[Lane]:
        return [(row, column, c) for column, row, c in product(some, rows, range(CHANNELS))]

    def row(y: int) -> list[Place]:
        return [(y, x) for x in range(7)]

    def stream(vectors: Iterable[tuple[list[Lane], list[Place]]], start: int) -> list[Words]:
        parts = []
        for vector, places in vectors:
            parts += [w.offsets(vector, (start, 0)), *(w.weights(vector, place) for place in places)]
        return parts

    def edge(y: int, start: int) -> list[Words]:
        some = range(2) if y == 0 else range(11, 13)
        col = [columns(some, x) for x in range(13)]
        at = row(y)
        return stream(
            [
                (col[0] + col[1] + col[2][:4], at[:2]), (col[2][4:] + col[3] + col[4], at[1:3]),
                (col[5] + col[6] + col[7][:4], at[2:5]), (col[7][4:] + col[8] + col[9] + col[10][:2], at[3:6]),
                (col[10][2:] + col[11] + col[12], at[5:]),
            ],
            start,
        )  # fmt: skip

    def inner(y: int, rows: int, start: int) -> tuple[list[Words], list[Words]]:
        """Of `rows` rows from `y` on, 2 or 1: what windows 0 to 3 and the first half of 4 to 6 take, and the rest."""
        some, both = range(2 * y - 1, 2 * y + 2), range(2 * y - 1, 2 * (y + rows))
        col = [columns(some, x) for x in range(13)]
        at, below = row(y), row(y + rows - 1)  # of one row: windows that have all their taps already
        rest = col[6] + col[7]
        other = col[7] + col[8]
        parts = stream(
            [
                (columns(both, 0), [at[0], below[0]]), (col[1] + col[2][:7], at[:2]),
                (col[3] + col[2][7:] + col[4][:5], at[1:3]), (col[5] + col[4][5:] + rest[:3], at[2:4]),
                (rest[3:], at[3:4]), (other[:16], at[4:5]), (other[16:] + col[9] + col[10][:5], at[4:6]),
            ],
            start,
        )  # fmt: skip
        return parts, stream([(col[11] + col[10][5:], at[5:]), (columns(both, 12), [at[6], below[6]])], start)

    parts = [_integers(w.begins(row(0))), *edge(0, 0)]
    early, late = inner(1, 2, 0)
    stored += [row(0)]
    for y in (1, 3):
        left, right = ([(y + i, x) for i in range(2) for x in some] for some in (range(4), range(4, 7)))
        stored += [left, right]
    parts += [_integers(w.begins(stored[1])), *early, _integers(w.begins(stored[2])), *late]
    early, late = inner(5, 1, 8)
    parts += [_integers(w.begins(row(5))), *early, *late]
    last = w.begins(row(6))
    scalars = (w.multiplier, 2 * w.second - 1, out_zero)  # in r3, r5, r7, among r0 r2 r4 r6 r8 r10 r12
    parts.append(_integers([*last[:2], scalars[0], last[2], scalars[1], last[3], scalars[2], *last[4:]]))
    parts += edge(6, 8)
    assert w.whole((y, x) for y in (0, 1, 5, 6) for x in range(7))  # 2 as 1
    stored += [row(5), row(6)[:6]]
    order = np.array([y * 7 + x for group in reversed(stored) for y, x in group])
    return [*parts, _integers([w.second] * WORD), lanes(order.reshape(-1, VECTOR))], [_integers([0])]
