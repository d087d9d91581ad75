"""3x3 windows of two channels into one, three or four, two columns apart, pictures of 13x13:
`firmware/src/conv_2d_two_apart_mve.c`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._begins import SIDE, begin
from edgekit.backends.c.forms.mve._halves import WORDS, in_sixteen_bits, places
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "conv_2d_two_apart_mve"
IN_C, IN, OUT, STRIDE, PIXELS, VECTOR, WORD = 2, 13, 7, 2, 4, 16, 4
KINDS = (1, 3, 4)  # output channels
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
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if found is None:
        return None
    windows = Windows(found, of("in_zero"))
    if out_c == 1:
        stream = [_sums_of_one(windows), _outputs_of_one(found, of("out_zero"))]
        sums = -(-OUT * OUT // PIXELS) * PIXELS
    else:
        stream = [_sums(windows), _outputs(found, of("out_zero"))]
        sums = len(INSIDE) * PIXELS * out_c + len(ACROSS + DOWN) * PIXELS * (out_c + 1) + len(CORNERS) * PIXELS
    return Call(
        f"{FILE}_{out_c}",
        {
            "stream": np.concatenate(stream), "batches": of("batches"), "in_size": IN * IN * IN_C,
            "out_size": OUT * OUT * out_c,
        },
        scratch=sums * WORD,
        source=FILE,
    )  # fmt: skip


@dataclass(frozen=True)
class Windows:
    """Weights and begins of the windows of a layer."""

    found: Folded
    in_zero: int

    @property
    def out_c(self) -> int:
        return len(self.found.bias)

    def taps(self, pixel: Pixel) -> list[Pixel]:
        """Those that its gather has."""
        inside = [(ky, kx) for ky, kx in product(range(SIDE), range(SIDE)) if _at(pixel, (ky, kx)) is not None]
        return INNER if len(inside) == SIDE * SIDE else inside

    def weights(self, taps: list[Pixel], channels: Iterable[int]) -> list[Words]:
        filters = self.found.weights.reshape(-1, SIDE, SIDE, IN_C)
        vectors = np.zeros((self.out_c, VECTOR // IN_C, IN_C), np.int8)
        for lane, (ky, kx) in enumerate(taps):
            vectors[:, lane] = filters[:, ky, kx]
        return [_bytes(vectors[channel]) for channel in channels]

    def begins(self, pixels: Sequence[Pixel], channels: Iterable[int]) -> Words:
        """Channel by channel."""
        corners = product(channels, [(STRIDE * y - 1, STRIDE * x - 1) for y, x in pixels])
        return _ints([begin(self.found, channel, self.in_zero, corner, IN) for channel, corner in corners])

    def of_pixel(self, pixel: Pixel) -> Words:
        """Begins of its channels."""
        return np.resize(np.append(self.begins([pixel], range(self.out_c)), 0), PIXELS).astype(np.int32)


def _sums(windows: Windows) -> Words:
    """Weights, offsets and begins, block by block."""
    out_c = windows.out_c

    def block(pixels: list[Pixel], kept: bool) -> list[Words]:
        four, taps = pixels[:PIXELS], windows.taps(pixels[0])
        parts = [] if kept else windows.weights(taps, range(3))
        parts += [_offsets(pixels[0], taps), windows.begins(four, range(2))]
        parts += [*windows.weights(taps, range(3, out_c)), windows.begins(four, range(2, out_c))]
        for fifth in pixels[PIXELS:]:
            at, begins = _offsets(fifth, taps), windows.of_pixel(fifth)
            parts += [at, begins] if out_c == PIXELS else [begins, at]
            if taps is INNER:
                parts += [*windows.weights(MIDDLE, range(out_c)), _offsets(fifth, MIDDLE)]
        return parts

    parts = [part for i, pixels in enumerate(INSIDE) for part in block(pixels, i > 0)]
    parts += [part for pixels in (*ACROSS, *DOWN) for part in block(pixels, False)]
    for pair in (CORNERS[:2], CORNERS[2:]):
        parts += [windows.of_pixel(pixel) for pixel in pair]
        for pixel in pair:
            parts += [*windows.weights(windows.taps(pixel), range(out_c)), _offsets(pixel, windows.taps(pixel))]
    return np.concatenate(parts)


def _in_order() -> list[Pixel]:
    """Outputs of one channel in the order of their sums."""
    edges = [*ACROSS[0], *ACROSS[1], *CORNERS, *DOWN[0], *DOWN[1]]
    return [*(pixel for four in INSIDE for pixel in four), *edges, *DOWN[2]]


def _sums_of_one(windows: Windows) -> Words:
    """Begins of eight sums, and vectors where they are loaded."""

    def loaded(*blocks: list[Pixel]) -> list[Words]:
        """Weights, offsets of the first pixel and of the fifth one."""
        parts = list[Words]()
        for pixels in blocks:
            taps = windows.taps(pixels[0])
            parts += [*windows.weights(taps, [0]), *(_offsets(pixel, taps) for pixel in (pixels[0], *pixels[PIXELS:]))]
        return parts

    eights = np.split(windows.begins(_in_order(), [0]), range(8, OUT * OUT, 8))
    corners = [[pixel] for pixel in CORNERS]
    column = [*loaded(DOWN[2]), *windows.weights(MIDDLE, [0]), _offsets(DOWN[2][-1], MIDDLE)]
    parts = [*loaded(INSIDE[0]), *(_offsets(four[0], INNER) for four in INSIDE[1:]), *eights[:3], *loaded(*ACROSS)]
    parts += [eights[3], *loaded(*corners[:2]), eights[4], *loaded(*corners[2:]), *loaded(*DOWN[:2])]
    return np.concatenate([*parts, eights[5], *column, eights[6]])


def _outputs_of_one(found: Folded, zero: int) -> Words:
    """Constants; of each sixteen offsets of the pixels themselves, where it has some inside, and places."""
    middle = found.weights.reshape(SIDE, SIDE, IN_C)[1, 1]
    constants = _ints([int(value) for value in (found.multiplier[0], found.second[0], *middle, zero)])
    middles = [_middles(pixels) for pixels in (*INSIDE, DOWN[2])]
    first, second, third = np.split(places([y * OUT + x for y, x in _in_order()[:-1]]), 3)
    return np.concatenate([constants, *middles[:4], first, middles[4], second, middles[5], third])


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

    def placed(pixels: list[Pixel]) -> Words:
        return _places(out_c, [(p, c) for c in range(PIXELS) for p in pixels[:PIXELS]], last=pixels is column)

    if out_c == PIXELS:
        parts = [_ints([zero, *lanes[0], *lanes[1]]), corners, fifths, _ints(first)]
        for pixels in (*INSIDE, *ACROSS, *DOWN):
            if pixels in INSIDE or pixels is column:
                parts += [_middles(pixels), _ints([*middle[:, 0], *middle[:, 1], *by_channel])]
            parts.append(placed(pixels))
        return np.concatenate(parts)
    constants = [*first, middle[0, 0], zero, *middle[1:, 0], *middle[:, 1], *lanes[0], *lanes[1]]
    parts = [_ints(constants), corners, fifths, _middles(INSIDE[0]), _ints([0] * PIXELS), _ints(by_channel)]
    parts += [placed(pixels) for pixels in (*INSIDE, *ACROSS, *DOWN[:2])]
    below = (len(INSIDE) - 1) * STRIDE * IN * IN_C - 1  # from where the last row's second channel is read
    return np.concatenate([*parts, _middles(column) + below, placed(column)])


def _places(out_c: int, sums: list[tuple[Pixel, int]], last: bool = False) -> Words:
    """Of four vectors of sums, a pixel and a channel each. Lanes of no channel go where the last store goes; in that
    they repeat those beside them."""

    def place(pixel: Pixel, channel: int) -> int:
        return (pixel[0] * OUT + pixel[1]) * out_c + channel

    found = [place(pixel, channel) if channel < out_c else place(DOWN[2][0], 0) for pixel, channel in sums]
    if last and out_c < PIXELS:
        found[12:] = found[8:12]
    return _bytes(np.array(found)[WORDS].astype(np.uint8))


def _middles(pixels: list[Pixel]) -> Words:
    """Bytes of the first channel of four pixels in the picture."""
    return _ints([(STRIDE * y * IN + STRIDE * x) * IN_C for y, x in pixels[:PIXELS]])


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
