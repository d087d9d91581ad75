"""Windows of small pictures by what of them is inside: the stream of `conv_2d_inside_mve.c`."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._pack import BLOCK, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

UNIT, FIRST, AGAIN, END, ONE = 0, 4, 8, 12, 13  # EK_INSIDE_
EIGHT, SOME, CLAMPED = 4, 5, 6
LARGEST_UNIT, LARGEST_OFFSET = 4, 255
LARGEST_STEP = 1 << 15  # of both pointers, in bytes
HEAD, AT_VALUE, AT_CODE = 10, 3, 6  # words that a block begins with, among them
SUMS = [0, 1, 2, 4, 5, 7, 8, 9]  # and the sums' begins
MOST_PIXELS, LARGEST = 1024, 8192  # words of pixels, times outputs / 8; bytes of blocks
Ints = NDArray[Any]


@dataclass(frozen=True)
class Window:
    """The inputs of a window that are inside: their places among the filter's weights; in the picture, from the first
    on; of every vector the first of them and the last's next."""

    terms: Ints
    places: Ints
    cuts: tuple[int, ...]

    @property
    def vectors(self) -> int:
        return len(self.cuts) - 1

    @property
    def units(self) -> list[range]:
        """Vectors of each: as even as they can be."""
        for count in range(-(-self.vectors // LARGEST_UNIT), self.vectors + 1):
            ends = [i * self.vectors // count for i in range(count + 1)]
            units = [range(start, end) for start, end in pairwise(ends)]
            if all(self.places[self.cuts[u.stop] - 1] - self.base(u) <= LARGEST_OFFSET for u in units):
                return units
        raise AssertionError("a vector is a unit")

    def base(self, unit: range) -> int:
        return int(self.places[self.cuts[unit.start]])


@dataclass
class Stream:
    """Blocks and, of each, where it begins and ends, and where its first and its last unit lie in a window."""

    parts: list[Ints] = field(default_factory=list)
    words: int = 0
    blocks: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, *words: Ints | int) -> None:
        for part in words:
            self.parts.append(np.atleast_1d(part).astype(np.int64).astype(np.int32))
            self.words += self.parts[-1].size


def inside(call: Call) -> Call | None:
    """The form of a portable convolution `call`; None where a condition does not hold."""
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    out_c = of("out_c")
    pixels = of("batches") * of("out_h") * of("out_w") * -(-out_c // BLOCK)
    if of("kernel_h") * of("kernel_w") == 1 or pixels > MOST_PIXELS:
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second):
        return None
    stream, classes = Stream(), dict[bytes, range]()
    visits: list[tuple[int, int]] = []  # of every 8 outputs of every pixel: the window's first input, the block
    for start, terms, places in _windows(call):
        key = terms.tobytes()
        if key not in classes:
            first = len(stream.blocks)
            _append(stream, found, Window(terms, places, _cuts(places)), call, alone=pixels == 1)
            classes[key] = range(first, len(stream.blocks))
            if stream.words * WORD > LARGEST:
                return None
        visits += [(start, block) for block in classes[key]]
    size = of("in_h") * of("in_w") * of("in_c")
    visits = [(n * size + start, block) for n in range(of("batches")) for start, block in visits]
    alone = pixels == 1 and stream.parts[0][AT_CODE] == ONE
    stream.blocks.append((stream.words, 0, 0, 0))
    if not alone:
        stream.add(np.where(np.arange(HEAD) == AT_CODE, END, 0))
        visits.append((0, len(stream.blocks) - 1))
    steps = _steps(visits, stream)
    if np.abs(steps).max() >= LARGEST_STEP:
        return None
    head = (steps[:, 0] << 16 | steps[:, 1] & 0xFFFF).astype(np.int32)
    return Call("conv_2d_inside_mve", {"stream": np.concatenate([head, *stream.parts])})


def _windows(call: Call) -> list[tuple[int, Ints, Ints]]:
    """Of every pixel of a picture: the first input inside its window, their places in the filter, and in the picture
    from the first one on; where none is inside, none of them."""
    (height, width), (in_h, in_w), (out_h, out_w), (down, right), (dilation_h, dilation_w), (top, left) = (
        [integer(call.fields, name) for name in names]
        for names in (
            ("kernel_h", "kernel_w"), ("in_h", "in_w"), ("out_h", "out_w"), ("stride_h", "stride_w"),
            ("dilation_h", "dilation_w"), ("pad_top", "pad_left"),
        )
    )  # fmt: skip
    in_c, found = integer(call.fields, "in_c"), []
    ky, kx, c = (i.reshape(-1) for i in np.indices((height, width, in_c)))
    for oy, ox in np.ndindex(out_h, out_w):
        y, x = oy * down - top + ky * dilation_h, ox * right - left + kx * dilation_w
        terms = np.flatnonzero((y >= 0) & (y < in_h) & (x >= 0) & (x < in_w))
        places = ((y * in_w + x) * in_c + c)[terms]
        start = int(places[0]) if len(places) else 0
        found.append((start, terms, places - start))
    return found


def _cuts(places: Ints) -> tuple[int, ...]:
    """Vectors as long as they and their offsets can be, at least one."""
    cuts = [0]
    for i in range(len(places)):
        if i == cuts[-1] + VECTOR or places[i] - places[cuts[-1]] > LARGEST_OFFSET:
            cuts.append(i)
    return (*cuts, len(places))


def _append(stream: Stream, found: Folded, window: Window, call: Call, alone: bool) -> None:
    """The blocks of all outputs for one window. `alone`: this is the only one, of a single pixel."""
    fields = call.fields
    zero, out_c = integer(fields, "out_zero"), integer(fields, "out_c")
    limits = [integer(fields, "low"), integer(fields, "high")]
    clamped, length = limits != [-128, 127], found.weights.shape[1]
    outside = np.setdiff1d(np.arange(length), window.terms)
    sums = found.bias + integer(fields, "in_zero") * found.weights[:, outside].astype(np.int64).sum(axis=1)
    units = window.units if len(window.terms) else [range(1)]
    for channel in range(0, out_c, BLOCK):
        lanes = min(BLOCK, out_c - channel)
        rows = np.zeros((3, BLOCK), np.int64)
        for row, values in zip(rows, (sums, found.multiplier, found.second), strict=True):
            row[:lanes] = values[channel : channel + lanes]
        fused = len(units) == 1 and lanes == BLOCK and not clamped
        vectors = len(units[0])
        begin = stream.words
        head = np.zeros(HEAD, np.int64)
        head[SUMS] = rows[0]
        head[AT_VALUE] = zero if fused else 0
        head[AT_CODE] = UNIT + vectors - 1
        if fused:
            head[AT_CODE] += AGAIN if channel else FIRST
            head[AT_CODE] = ONE if alone and vectors == 1 else head[AT_CODE]
        stream.add(head)
        base = 0
        for i, unit in enumerate(units):
            if i:
                moved = window.base(unit) - base
                stream.add(moved, UNIT + len(unit) - 1)
                base += moved
            offsets, weights = _vectors(window, unit, found.weights[channel : channel + lanes])
            if not (fused and channel):
                stream.add(offsets.reshape(-1).view(np.int32))
            stream.add(weights.reshape(-1).view(np.int32))
        if not fused:
            stream.add(zero, CLAMPED if clamped else SOME if lanes < BLOCK else EIGHT)
        stream.add(rows[1:, ORDER].reshape(-1))
        if not fused and (clamped or lanes < BLOCK):
            stream.add(*(limits if clamped else []), lanes)
        stream.blocks.append((begin, stream.words, 0, base))


def _vectors(window: Window, unit: range, filters: NDArray[np.int8]) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Offsets (vectors, 16) from the unit's first input, and weights (8, vectors, 16) with zeros where there is none."""
    offsets = np.zeros((len(unit), VECTOR), np.uint8)
    weights = np.zeros((BLOCK, len(unit), VECTOR), np.int8)
    for i, vector in enumerate(unit):
        chosen = slice(window.cuts[vector], window.cuts[vector + 1])
        count = chosen.stop - chosen.start
        if count:
            offsets[i, :count] = window.places[chosen] - window.base(unit)
            weights[: len(filters), i, :count] = filters[:, window.terms[chosen]]
    return offsets, weights


def _steps(visits: list[tuple[int, int]], stream: Stream) -> Ints:
    """(visits, 2): bytes to add to the pointers to input and stream, which begin at 0 and at the first word of all."""
    blocks = np.array(stream.blocks)[[block for _, block in visits]]
    starts = np.array([start for start, _ in visits])
    inputs, behind = starts + blocks[:, 3], WORD * (len(visits) + blocks[:, 1])
    begin = WORD * (len(visits) + blocks[:, 0])
    return np.stack([starts - np.append(0, inputs[:-1]), begin - np.append(0, behind[:-1])], axis=1)
