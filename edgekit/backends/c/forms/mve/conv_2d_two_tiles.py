"""3x3 windows of 2 channels by tiles of 2x2 outputs: `firmware/src/conv_2d_two_tiles_mve.c`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms._reach import Ints
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits
from edgekit.backends.c.forms.mve._pack import ORDER
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "conv_2d_two_tiles_mve"
SIDE, IN_C, BLOCK, VECTOR, WORD, FOUR = 3, 2, 8, 16, 4, 4
TEN = 10  # output channels that are eight and two
SMALLEST_W, LARGEST_W, SMALLEST_H = 4, 38, 4  # windows of a tile lie within 256 bytes
LARGEST_C = 80  # four pixels' outputs too
COPY = 20  # bytes of code for a width
REGION = 12  # words
Words = NDArray[np.int32]
Pixel = tuple[int, int]  # row and column
Tap = tuple[int, int, int]  # and channel
LOWER, UPPER = ((1, 0), (1, 1)), ((0, 0), (0, 1))  # a tile's pixels, as the kernel takes them
NOTHING = np.zeros(VECTOR // WORD, np.int32)


@dataclass(frozen=True)
class Picture:
    """Height, width, bytes of a row in scratch, output channels, zero points."""

    height: int
    width: int
    out_c: int
    in_zero: int
    out_zero: int

    @property
    def pitch(self) -> int:
        return (self.width + 2) * IN_C

    @property
    def row(self) -> int:
        """Bytes of a row of outputs."""
        return self.width * self.out_c


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    height, width, out_c = of("out_h"), of("out_w"), of("out_c")
    if (
        of("in_c") != IN_C or not BLOCK <= out_c <= LARGEST_C or (of("in_h"), of("in_w")) != (height, width)
        or any((of(f"kernel_{s}"), of(f"stride_{s}"), of(f"dilation_{s}")) != (SIDE, 1, 1) for s in "hw")
        or (of("pad_top"), of("pad_left")) != (1, 1) or width % 2 or not SMALLEST_W <= width <= LARGEST_W
        or height < SMALLEST_H or (of("low"), of("high")) != (-128, 127)
    ):  # fmt: skip
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    picture = Picture(height, width, out_c, of("in_zero"), of("out_zero"))
    if found is None:
        return None
    ten = out_c == TEN
    regions: list[list[int]] = []
    stream: list[Words] = []
    for first in [0] if ten else sorted({*range(0, out_c - BLOCK, BLOCK), out_c - BLOCK}):
        regions += _rows_of_tiles(picture, _bytes(stream), first)
        stream += _tile(picture, found, first, ten)
        for rows in (range(1, SIDE), range(SIDE - 1)):
            regions += _row(picture, _bytes(stream), first, last=rows.start == 0)
            stream += _edge(picture, found, first, ten, rows)
    return Call(
        f"{FILE}_{'ten' if ten else 'eights'}",
        {
            "regions": np.array(regions, np.int32).reshape(-1), "size": len(regions) * REGION * WORD,
            "stream": np.concatenate([part.reshape(-1) for part in stream]), "rows": height, "batches": of("batches"),
            "zeros": int(np.full(WORD, picture.in_zero, np.int8).view("<i4")[0]),
            "copy": (width * IN_C // WORD - 2) * COPY + 1, "out_size": height * picture.row,
        },
        scratch=WORD + height * picture.pitch,
        source=FILE,
    )  # fmt: skip


def _rows_of_tiles(picture: Picture, at: int, first: int) -> list[list[int]]:
    """All rows but the first and the last one; of an odd number the one before the last is computed twice."""
    pairs, odd = divmod(picture.height - 2, 2)
    begins = [(1, pairs), *([(picture.height - SIDE, 1)] if odd else [])]
    pitch, down = picture.pitch, 2 * picture.pitch
    found = []
    for row, count in begins:
        x = WORD // 2 + (row - 1) * pitch
        found.append([
            x + picture.width * IN_C, at + 2 * VECTOR, x, pitch + IN_C, pitch + IN_C + 1,
            2 * picture.out_c + picture.row, (row + 1) * picture.row + first,
            down - picture.width * IN_C, picture.row, down, x + count * down, 0,
        ])  # fmt: skip
    return found


def _row(picture: Picture, at: int, first: int, *, last: bool) -> list[list[int]]:
    """The first or the last row, by fours; of other widths the last four are computed twice in part."""
    fours, rest = divmod(picture.width, FOUR)
    begins = [(0, fours * FOUR), *([(picture.width - FOUR, FOUR)] if rest else [])]
    row = picture.height - 1 if last else 0
    x = WORD // 2 + (row - last) * picture.pitch
    return [
        [x + (column + count) * IN_C, at + 2 * VECTOR, x + column * IN_C, 0, 0, FOUR * picture.out_c,
         row * picture.row + column * picture.out_c + first, 0, 0, 0, 0, 1]
        for column, count in begins
    ]  # fmt: skip


def _tile(picture: Picture, found: Folded, first: int, ten: bool) -> list[Words]:
    """Of a tile; before it where its first window lies."""
    begins = found.bias.astype(np.int32)

    def taps(pixel: Pixel) -> tuple[list[Tap], list[Tap]]:
        """All but the last two, and those, where the tile's first pixel lies."""
        last = [(1 - pixel[0], 1 - pixel[1], c) for c in range(IN_C)]
        return [tap for tap in _taps(range(SIDE)) if tap not in last], last

    def main(pixel: Pixel, outputs: list[int]) -> Words:
        return _weights(found, outputs, taps(pixel)[0])

    def last(pixel: Pixel, outputs: list[int]) -> Words:
        return _filters(found)[(outputs, *np.array(taps(pixel)[1]).T[:, :, None])].astype(np.int32)

    def places(pixel: Pixel) -> Words:
        return _places(picture, pixel, taps(pixel)[0], 0)

    eight = [first + i for i in ORDER]
    parts = [places(LOWER[0]), NOTHING]
    for pair, following in ((LOWER, UPPER[0]), (UPPER, LOWER[0])):
        a, b = (main(pixel, eight) for pixel in pair)
        parts += [
            _with_r5(begins[eight], -picture.row) if pair is UPPER else begins[eight],
            a, places(pair[1]), b[:5], _with_r5(begins[eight], picture.out_zero),
            last(pair[0], eight), b[5:], last(pair[1], eight), _constants(found, eight),
            _turns(0, picture.out_c), places(following),
        ]  # fmt: skip
    if ten:
        pixels, two = (*UPPER, *LOWER), [BLOCK, BLOCK + 1]
        weights = np.concatenate([main(pixel, two) for pixel in pixels])
        words = np.stack([last(pixel, two) for pixel in pixels], axis=2)  # taps, filters, pixels
        parts[-1:] = [
            *(places(pixel) for pixel in pixels), weights[:2], np.repeat(begins[two], FOUR), weights[2:7],
            words, weights[7:], _constants(found, np.repeat(two, FOUR)),
            _pairs([row * picture.row + column * TEN for row, column in pixels]), places(LOWER[0]),
        ]  # fmt: skip
    return parts


def _edge(picture: Picture, found: Folded, first: int, ten: bool, rows: range) -> list[Words]:
    """Of four outputs of the first or the last row; before them where their first windows lie."""
    filters, taps = _filters(found), _taps(rows)
    outside = filters.sum(axis=(1, 2, 3)) - filters[:, rows.start : rows.stop].sum(axis=(1, 2, 3))
    begins = (found.bias + picture.in_zero * outside).astype(np.int32)
    places = [_places(picture, (0, column), taps, rows.start) for column in range(FOUR)]
    even, odd = ([first + i for i in range(start, BLOCK, 2)] for start in (0, 1))
    a, b = (_weights(found, outputs, taps) for outputs in (even, odd))
    parts = [places[1], places[0]]
    for column, following in ((0, 2), (2, 0)):
        parts += [
            _with_r5(np.tile(begins[even], 2), picture.out_zero), a, b[:2], np.tile(begins[odd], 2),
            _constants(found, even + odd), b[2:],
            _turns(column * picture.out_c, picture.out_c), places[following + 1], places[following],
        ]  # fmt: skip
    if ten:
        two = [BLOCK, BLOCK + 1]
        pairs = _pairs([column * TEN for column in range(FOUR)])
        parts[-2:] = [
            _weights(found, two, taps), *places, np.repeat(begins[two], FOUR),
            _constants(found, np.repeat(two, FOUR)), pairs, places[1], places[0],
        ]  # fmt: skip
    return parts


def _taps(rows: range) -> list[Tap]:
    return list(product(rows, range(SIDE), range(IN_C)))


def _filters(found: Folded) -> Ints:
    return found.weights.reshape(-1, SIDE, SIDE, IN_C).astype(np.int64)


def _weights(found: Folded, outputs: list[int], taps: list[Tap]) -> Words:
    """(outputs, words of 16 taps)."""
    vectors = np.zeros((len(outputs), VECTOR), np.int8)
    vectors[:, : len(taps)] = _filters(found)[outputs][(slice(None), *np.array(taps).T)]
    return vectors.view("<i4").astype(np.int32)


def _places(picture: Picture, pixel: Pixel, taps: list[Tap], first_row: int) -> Words:
    """Where the taps of a pixel's window lie; lanes that are left meet weights of 0."""
    found = [
        (pixel[0] + ky - first_row) * picture.pitch + (pixel[1] + kx) * IN_C + c for ky, kx, c in taps
    ]  # fmt: skip
    return _vector(found + found[:1] * (VECTOR - len(found)), "<u1")


def _turns(begin: int, out_c: int) -> Words:
    """Where the outputs of two pixels lie, of which every vector has one byte of the one, one of the other."""
    return _vector([begin + i + pixel * out_c for i in range(BLOCK) for pixel in (0, 1)], "<u1")


def _pairs(pixels: list[int]) -> Words:
    """Where the last two outputs of four pixels lie."""
    return _vector([pixel + BLOCK + i for pixel in pixels for i in (0, 1)], "<u2")


def _vector(values: list[int], kind: str) -> Words:
    assert min(values) >= 0 and max(values) <= np.iinfo(kind).max
    return np.array(values, kind).view("<i4").astype(np.int32)


def _constants(found: Folded, outputs: list[int] | Ints) -> Words:
    return np.concatenate([found.multiplier[outputs], found.second[outputs]]).astype(np.int32)


def _with_r5(begins: Words, value: int) -> Words:
    """LDM loads r5 between r4 and r6, of begins for r0 r2 r4 r6 r8 r10 r12 lr."""
    return np.insert(begins, 3, value)


def _bytes(stream: list[Words]) -> int:
    return WORD * sum(part.size for part in stream)
