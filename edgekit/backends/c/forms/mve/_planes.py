"""Depthwise convolution plane by plane: rows and columns of pictures and windows, bands of rows, places of outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Value
from edgekit.backends.c.forms.mve._requantize import Folded, integer

VECTOR, OUTPUTS = 16, 8  # lanes of a gather; outputs of an iteration
ROOM = 8 * 1024  # bytes of scratch that bands may take, unless one group of rows takes more
LARGEST_OFFSET, LARGEST_LANE = (1 << 16) - 1, (1 << 8) - 1
Pair = tuple[int, int]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Axis:
    """Rows or columns of the picture; `before`, `after`: how far windows reach beyond it."""

    size: int
    outputs: int
    kernel: int
    stride: int
    dilation: int
    before: int

    @property
    def after(self) -> int:
        return max(0, self.reach(self.outputs) - self.before - self.size)

    def reach(self, outputs: int) -> int:
        """Inputs from the first to the last of neighbours' windows."""
        return (outputs - 1) * self.stride + (self.kernel - 1) * self.dilation + 1

    def taps(self, output: int) -> list[int]:
        return [output * self.stride + k * self.dilation for k in range(self.kernel)]

    def all_taps(self, outputs: int) -> list[int]:
        """Of that many neighbours, in order."""
        return sorted({t for output in range(outputs) for t in self.taps(output)})

    def starts(self, band: int) -> list[int]:
        """Output rows that bands begin with."""
        return [min(at, self.outputs - band) for at in range(0, self.outputs, band)]

    def spans(self, band: int) -> list[Pair]:
        """Input rows of bands, from the first to behind the last, those outside too."""
        tops = [start * self.stride - self.before for start in self.starts(band)]
        return [(top, top + self.reach(band)) for top in tops]


def axis(fields: Mapping[str, Value], side: str) -> Axis:
    names = (f"in_{side}", f"out_{side}", f"kernel_{side}", f"stride_{side}", f"dilation_{side}")
    return Axis(*(integer(fields, name) for name in (*names, {"h": "pad_top", "w": "pad_left"}[side])))


def groups(size: Pair, band: int, width: int) -> tuple[Pair, ...]:
    """Rows and columns of the first output of each; those at the ends overlap."""
    down, right = ([min(at, n - step) for at in range(0, n, step)] for n, step in zip((band, width), size, strict=True))
    return tuple(product(down, right))


def band_of(rows: Axis, columns: Axis, pixel: int, least: int, scratch: Callable[[int], int]) -> int | None:
    """Output rows of a band, `least` or more; None where offsets do not fit, or a band has no row of the image.

    Args:
        pixel: bytes from one output of a channel to the next. scratch: what that many rows take.
    """

    def fits(band: int, room: int) -> bool:
        return (band * columns.outputs - 1) * pixel <= LARGEST_OFFSET and scratch(band) <= room

    most = max((band for band in range(least, rows.outputs + 1) if fits(band, ROOM)), default=least)
    band = max(least, -(-rows.outputs // -(-rows.outputs // most)))
    if not fits(band, LARGEST_OFFSET) or any(first >= rows.size or last <= 0 for first, last in rows.spans(band)):
        return None
    return band


def iterations(groups: int, size: Pair) -> int:
    return -(-groups * size[0] * size[1] // OUTPUTS)


def places(groups: tuple[Pair, ...], size: Pair, width: int) -> Ints:
    """(iterations, 8): pixels of the outputs in the order of lanes; even ones have the first half of the sums."""
    height, across = size
    each = [(r + i) * width + c + j for r, c in groups for i, j in product(range(height), range(across))]
    beyond = iterations(len(groups), size) * OUTPUTS - len(each)
    last = each[-height * across :]
    every = np.array(each + last * (beyond // len(last))).reshape(-1, OUTPUTS)
    lanes = np.arange(OUTPUTS)
    return np.asarray(every[:, lanes % 2 * (OUTPUTS // 2) + lanes // 2].reshape(-1))


def filters(found: Folded, taps: NDArray[np.int8]) -> NDArray[np.int8]:
    """Of every output channel three constants, and `taps`."""
    words = np.stack([found.bias, found.multiplier, found.second], 1).astype("<i4").view(np.int8)
    return np.concatenate([words, taps.reshape(len(taps), -1)], 1).reshape(-1)


def in_place(fields: Mapping[str, Value], rows: Axis, columns: Axis, band: int) -> tuple[int, ...]:
    """Whether the output may take the input's memory."""
    same = (rows.size, columns.size) == (rows.outputs, columns.outputs)
    return (0,) if band == rows.outputs and same and fields["depth_multiplier"] == 1 else ()
