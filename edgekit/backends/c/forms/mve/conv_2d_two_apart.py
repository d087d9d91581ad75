"""3x3 windows of two channels into three or four, two columns apart, pictures of 13x13:
`firmware/src/conv_2d_two_apart_mve.c`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._begins import SIDE, begin
from edgekit.backends.c.forms.mve._halves import WORDS, are_halves
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

OPERATOR, FILE = "conv_2d", "conv_2d_two_apart_mve"
IN_C, IN, OUT, STRIDE, PIXELS, VECTOR, WORD = 2, 13, 7, 2, 4, 16, 4
KINDS = (3, 4)  # output channels
Words = NDArray[np.int32]
Pixel = tuple[int, int]  # row and column of the output
INNER: list[Pixel] = [(ky, kx) for ky, kx in product(range(SIDE), range(SIDE)) if (ky, kx) != (1, 1)]
MIDDLE: list[Pixel] = [(1, 1)]
LAST = OUT - 1
INSIDE: list[list[Pixel]] = [[(y, x) for x in range(1, 5)] for y in range(LAST - 1, 0, -1)]
# blocks with a fifth pixel: the upper, lower, left and right edge, and a column inside
ACROSS: list[list[Pixel]] = [[(y, x) for x in range(1, LAST)] for y in (0, LAST)]
DOWN: list[list[Pixel]] = [[(y, x) for y in range(1, LAST)] for x in (0, LAST, 5)]
CORNERS: list[Pixel] = [(0, 0), (0, LAST), (LAST, 0), (LAST, LAST)]


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    out_c = of("out_c")
    if (
        of("in_c") != IN_C or out_c not in KINDS or any(of(f"kernel_{s}") != SIDE for s in "hw")
        or any(of(f"stride_{s}") != STRIDE or of(f"dilation_{s}") != 1 for s in "hw")
        or any(of(name) != 1 for name in ("pad_top", "pad_left"))
        or any((of(f"in_{s}"), of(f"out_{s}")) != (IN, OUT) for s in "hw")
        or (of("low"), of("high")) != (-128, 127)
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second) or not are_halves(found, of("out_zero")):
        return None
    sums = len(INSIDE) * PIXELS * out_c + len(ACROSS + DOWN) * PIXELS * (out_c + 1) + len(CORNERS) * PIXELS
    return Call(
        f"{FILE}_{out_c}",
        {
            "stream": np.concatenate([_sums(found, of("in_zero")), _outputs(found, of("out_zero"))]),
            "batches": of("batches"), "in_size": IN * IN * IN_C, "out_size": OUT * OUT * out_c,
        },
        scratch=sums * WORD,
        source=FILE,
    )  # fmt: skip


def _sums(found: Folded, in_zero: int) -> Words:
    """Weights, offsets and begins, block by block."""
    windows = found.weights.reshape(-1, SIDE, SIDE, IN_C)
    out_c = len(windows)
    wide = out_c == PIXELS

    def taps(pixel: Pixel) -> list[Pixel]:
        """Those that its gather has."""
        inside = [(ky, kx) for ky, kx in product(range(SIDE), range(SIDE)) if _at(pixel, (ky, kx)) is not None]
        return INNER if len(inside) == SIDE * SIDE else inside

    def weights(some: list[Pixel], channels: Iterable[int]) -> list[Words]:
        vectors = np.zeros((out_c, VECTOR // IN_C, IN_C), np.int8)
        for lane, (ky, kx) in enumerate(some):
            vectors[:, lane] = windows[:, ky, kx]
        return [_bytes(vectors[channel]) for channel in channels]

    def begins(pixels: Sequence[Pixel], channels: Iterable[int]) -> Words:
        """Channel by channel."""
        found_at = product(channels, pixels)
        return _ints([begin(found, c, in_zero, (STRIDE * y - 1, STRIDE * x - 1), IN) for c, (y, x) in found_at])

    def single(pixel: Pixel) -> Words:
        """Begins of its channels."""
        return np.resize(np.append(begins([pixel], range(out_c)), 0), PIXELS).astype(np.int32)

    def block(pixels: list[Pixel], kept: bool) -> list[Words]:
        some = taps(pixels[0])
        parts = [*([] if kept else weights(some, range(3))), _offsets(pixels[0], some), begins(pixels[:4], range(2))]
        parts += weights(some, range(3, out_c))
        parts.append(begins(pixels[:4], range(2, out_c)))
        for fifth in pixels[4:]:
            at = _offsets(fifth, some)
            parts += [at, single(fifth)] if wide else [single(fifth), at]
            if some is INNER:
                parts += [*weights(MIDDLE, range(out_c)), _offsets(fifth, MIDDLE)]
        return parts

    parts = [part for i, pixels in enumerate(INSIDE) for part in block(pixels, i > 0)]
    parts += [part for pixels in (*ACROSS, *DOWN) for part in block(pixels, False)]
    for pair in (CORNERS[:2], CORNERS[2:]):
        parts += [single(pixel) for pixel in pair]
        for pixel in pair:
            parts += [*weights(taps(pixel), range(out_c)), _offsets(pixel, taps(pixel))]
    return np.concatenate(parts)


def _outputs(found: Folded, zero: int) -> Words:
    """Multipliers, zero point, weights of the pixels themselves, and the places that lanes go to."""
    out_c = len(found.bias)
    middle = found.weights.reshape(out_c, SIDE, SIDE, IN_C)[:, 1, 1].astype(np.int64)
    first, second = found.multiplier.astype(np.int64), found.second.astype(np.int64)
    lanes = [np.resize(np.append(values, 0), PIXELS) for values in (first, second)]
    by_channel = np.repeat(second, PIXELS)
    corners, fifths = (_places(out_c, [(p, c) for p in some for c in range(PIXELS)])
                       for some in (CORNERS, [b[4] for b in (*DOWN[1::-1], *ACROSS[::-1])]))  # fmt: skip
    column = DOWN[2]

    def places(pixels: list[Pixel]) -> Words:
        return _places(out_c, [(p, c) for c in range(PIXELS) for p in pixels[:PIXELS]], last=pixels is column)

    def middles(pixels: list[Pixel]) -> Words:
        return _ints([(STRIDE * y * IN + STRIDE * x) * IN_C for y, x in pixels[:PIXELS]])

    if out_c == PIXELS:
        parts = [_ints([zero, *lanes[0], *lanes[1]]), corners, fifths, _ints(first)]
        for pixels in (*INSIDE, *ACROSS, *DOWN):
            if pixels in INSIDE or pixels is column:
                parts += [middles(pixels), _ints([*middle[:, 0], *middle[:, 1], *by_channel])]
            parts.append(places(pixels))
        return np.concatenate(parts)
    constants = [*first, middle[0, 0], zero, *middle[1:, 0], *middle[:, 1], *lanes[0], *lanes[1]]
    parts = [_ints(constants), corners, fifths, middles(INSIDE[0]), _ints([0] * PIXELS), _ints(by_channel)]
    parts += [places(pixels) for pixels in (*INSIDE, *ACROSS, *DOWN[:2])]
    below = (len(INSIDE) - 1) * STRIDE * IN * IN_C - 1  # from where the last row's second channel is read
    return np.concatenate([*parts, middles(column) + below, places(column)])


def _places(out_c: int, sums: list[tuple[Pixel, int]], last: bool = False) -> Words:
    """Of four vectors of sums, a pixel and a channel each. Lanes of no channel go where the last store goes; in that
    they repeat those beside them."""
    places = [(y * OUT + x) * out_c + c if c < out_c else -1 for (y, x), c in sums]
    if last and out_c < PIXELS:
        places[12:] = places[8:12]
    (y, x), free = DOWN[2][0], -1
    place = np.array([(y * OUT + x) * out_c if p == free else p for p in places])
    return _bytes(place[WORDS].astype(np.uint8))


def _at(pixel: Pixel, tap: Pixel) -> int | None:
    """The pixel of the picture that a tap of the output's window meets, None outside."""
    y, x = (STRIDE * p + t - 1 for p, t in zip(pixel, tap, strict=True))
    return y * IN + x if 0 <= y < IN and 0 <= x < IN else None


def _offsets(pixel: Pixel, taps: list[Pixel]) -> Words:
    """Of one pixel's gather; lanes that are left meet weights of 0."""
    places = [_at(pixel, tap) for tap in taps]
    return np.array([*places, *places[:1] * (VECTOR // IN_C - len(places))], np.uint16).view("<i4").astype(np.int32)


def _bytes(values: NDArray[np.int8] | NDArray[np.uint8]) -> Words:
    return values.reshape(-1).view("<i4").astype(np.int32)


def _ints(values: Sequence[int] | NDArray[np.int64]) -> Words:
    return np.array(values, np.int64).astype(np.int32)
