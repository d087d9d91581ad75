"""A picture of three channels between rows of zero points in scratch, as `picture_mve.h` says: what its forms share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

SIDE, CHANNELS, VECTOR, WORD, CHUNK = 3, 3, 16, 4, 64
BYTE = 255
LARGEST = 2048  # outputs, whose sums are in scratch
Words = NDArray[np.int32]
Bytes = NDArray[np.int8] | NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """A picture and its outputs.

    Attributes:
        height, width: of the output. pitch: bytes of a row of the picture. size: of the picture. pad: above, left.
        zero: the input's zero point. found: the filters and their requantization.
    """

    height: int
    width: int
    stride: int
    pitch: int
    size: int
    pad: tuple[int, int]
    zero: int
    found: Folded

    @property
    def fill(self) -> int:
        """Vectors of zero points before the picture and behind it: a row and a pixel."""
        return -(-(self.pitch + CHANNELS) // VECTOR)

    @property
    def sums(self) -> int:
        """Where sums begin, from the picture."""
        return -(-(self.size + self.fill * VECTOR) // VECTOR) * VECTOR

    def scratch(self, sums: int) -> int:
        return self.fill * VECTOR + self.sums + sums * WORD

    @property
    def pairs(self) -> list[int]:
        """The upper rows of all pairs; of an odd number the last pair has a row of the one before."""
        return [*range(0, self.height - 1, 2), *([self.height - 2] if self.height % 2 else [])]

    def moves(self, between: int) -> list[int]:
        """From behind a pair of rows, whose last window lies `between` bytes behind the first, to the next."""
        return [*(np.diff(self.pairs) * self.pitch * self.stride - between).tolist(), 0]

    def fields(self, call: Call) -> dict[str, Value]:
        """All but what each form packs for itself."""
        pad_top, pad_left = self.pad
        return {
            "in_zero": self.zero, "out_zero": call.fields["out_zero"],
            "fill": self.fill, "chunks": self.size // CHUNK, "rest": self.size % CHUNK,
            "first": -pad_top * self.pitch - pad_left * CHANNELS, "sums": self.sums,
            "batches": call.fields["batches"], "in_size": self.size,
            "out_size": self.height * self.width * len(self.found.bias),
        }  # fmt: skip

    def offsets(self) -> NDArray[np.uint8]:
        """Of the upper row's window and of the lower row's one: both halves of its taps."""
        places = product(range(SIDE), range(SIDE), range(CHANNELS))
        taps = np.array([ky * self.pitch + kx * CHANNELS + c for ky, kx, c in places])
        rows = np.zeros((2, 2, VECTOR), np.uint8)  # lanes that are left meet weights of 0
        for i, row in enumerate(rows):
            row[0], row[1, : len(taps) - VECTOR] = np.split(taps + i * self.stride * self.pitch, [VECTOR])
        return rows

    def column(self, column: int, in_w: int) -> tuple[Words, NDArray[np.int8]]:
        """Begins of the sums of a window in this column, and of each output weights of both halves."""
        outputs = len(self.found.bias)
        filters = self.found.weights.reshape(outputs, SIDE, SIDE, CHANNELS)
        first = column * self.stride - self.pad[1]
        inside = np.array([0 <= first + kx < in_w for kx in range(SIDE)])
        kept = (filters * inside[:, None]).astype(np.int8)
        begins = self.found.bias + self.zero * (filters.astype(np.int64) - kept).sum(axis=(1, 2, 3))
        weights = np.zeros((outputs, 2 * VECTOR), np.int8)
        weights[:, : SIDE * SIDE * CHANNELS] = kept.reshape(outputs, -1)
        return begins.astype(np.int32), weights.reshape(outputs, 2, VECTOR)


def picture(call: Call, outputs: int) -> Picture | None:
    """Of a portable call, where pairs of rows can compute it: 3x3 windows that stick out by one pixel at most."""
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    height, width, stride = of("out_h"), of("out_w"), of("stride_h")
    pitch, pads = of("in_w") * CHANNELS, (of("pad_top"), of("pad_left"))
    if (
        (of("in_c"), of("out_c")) != (CHANNELS, outputs) or stride not in (1, 2) or of("stride_w") != stride
        or (of("kernel_h"), of("kernel_w"), of("dilation_h"), of("dilation_w")) != (SIDE, SIDE, 1, 1)
        or height < 2 or width < SIDE or max(pads) > 1 or of("in_h") * pitch < CHUNK
        or (height - 1) * stride + SIDE - pads[0] > of("in_h") + 1
        or (width - 1) * stride + SIDE - pads[1] > of("in_w") + 1
        or (stride + SIDE - 1) * pitch + SIDE * CHANNELS > BYTE + 1
        or height * width * outputs > LARGEST or (of("low"), of("high")) != (-128, 127)
    ):  # fmt: skip
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(outputs, -1))
    if not np.all(found.second):
        return None
    return Picture(height, width, stride, pitch, of("in_h") * pitch, pads, of("in_zero"), found)


def lanes(batches: NDArray[np.int64]) -> Words:
    """Where outputs of 16 sums go, in the order that narrowing four vectors leaves them in."""
    return words(batches.reshape(-1, WORD, WORD).swapaxes(1, 2).astype(np.uint8))


def words(values: Bytes) -> Words:
    return np.ascontiguousarray(values).reshape(-1).view("<i4").astype(np.int32)


def outputs_of(rows: Iterable[int], width: int, channels: int, some: Iterable[int]) -> list[int]:
    """Which outputs the sums of pairs of rows are: by columns `some` channels of the upper, then of the lower pixel."""
    pixels = [(row + i) * width + x for row in rows for x in range(width) for i in range(2)]
    some = list(some)
    return [pixel * channels + c for pixel in pixels for c in some]
