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

UNIT, FIRST, AGAIN, END, NEXT = 0, 4, 8, 12, 13  # EK_INSIDE_
EIGHT, SOME, CLAMPED = 4, 5, 6
LARGEST_UNIT, LARGEST_OFFSET = 4, 255
LARGEST_STEP = 1 << 15  # of both pointers, in bytes
HEAD, AT_VALUE, AT_CODE = 10, 3, 6  # words that a block begins with, among them
SUMS = [0, 1, 2, 4, 5, 7, 8, 9]  # and the sums' begins
MOST, LARGEST = 512, 8192  # words of pixels, times outputs / 8; bytes of blocks
MANY = 64  # pixels from which on 1x1 kernels are left to forms that have no word for each
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
            if all(
                max(self.places[self.cuts[u.start] : self.cuts[u.stop]], default=0) - self.base(u) <= LARGEST_OFFSET
                for u in units
            ):
                return units
        raise AssertionError("a vector is a unit")

    def base(self, unit: range) -> int:
        return int(self.places[self.cuts[unit.start]]) if len(self.places) else 0


@dataclass(frozen=True)
class Block:
    """Where it begins and ends in the stream, in words; which input of the window its last unit begins with."""

    begin: int
    end: int
    last: int


@dataclass
class Stream:
    """The blocks, one after the other."""

    parts: list[Ints] = field(default_factory=list)
    words: int = 0
    blocks: list[Block] = field(default_factory=list)

    def add(self, *words: Ints | int) -> None:
        for part in words:
            self.parts.append(np.atleast_1d(part).astype(np.int64).astype(np.int32))
            self.words += self.parts[-1].size


def inside(call: Call) -> Call | None:
    """The form of a portable convolution `call`; None where a condition does not hold."""
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    batches, out_c, windows = of("batches"), of("out_c"), of("out_h") * of("out_w")
    words = windows * -(-out_c // BLOCK)
    if words > MOST or (of("kernel_h") * of("kernel_w") == 1 and batches * windows >= MANY):
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if not np.all(found.second):
        return None
    pictures = _windows(call)
    if batches * words == 1 and _is_one(call, *pictures[0]):
        return Call("conv_2d_inside_mve_one", {"stream": _one(call, found, *pictures[0])}, source="conv_2d_inside_mve")
    stream, classes = Stream(), dict[bytes, list[Block]]()
    visits: list[tuple[int, Block]] = []  # of every 8 outputs of every pixel: the window's first input, the block
    for start, window in pictures:
        key = window.terms.tobytes()
        if key not in classes:
            classes[key] = [_append(stream, found, window, call, channel) for channel in range(0, out_c, BLOCK)]
            if stream.words * WORD > LARGEST:
                return None
        visits += [(start, block) for block in classes[key]]
    size, again = of("in_h") * of("in_w") * of("in_c"), batches * words > MOST
    if not again:
        visits = [(n * size + start, block) for n in range(batches) for start, block in visits]
    visits.append((size if again else visits[-1][0], Block(stream.words, 0, 0)))
    head = np.zeros(HEAD, np.int64)
    head[AT_CODE] = NEXT if again else END
    head[:2] = batches * windows * out_c, WORD * len(visits)
    stream.add(head)
    steps = _steps(visits)
    if np.abs(steps).max() >= LARGEST_STEP:
        return None
    packed = (steps[:, 0] << 16 | steps[:, 1] & 0xFFFF).astype(np.int32)
    return Call("conv_2d_inside_mve", {"stream": np.concatenate([packed, *stream.parts])})


def _windows(call: Call) -> list[tuple[int, Window]]:
    """Of every pixel of a picture: the first input inside, 0 where there is none, and the window."""
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
        found.append((start, Window(terms, places - start, _cuts(places))))
    return found


def _cuts(places: Ints) -> tuple[int, ...]:
    """Vectors as long as they and their offsets can be, at least one."""
    cuts = [0]
    for i in range(len(places)):
        if i == cuts[-1] + VECTOR or places[i] - places[cuts[-1]] > LARGEST_OFFSET:
            cuts.append(i)
    return (*cuts, len(places))


def _append(stream: Stream, found: Folded, window: Window, call: Call, channel: int) -> Block:
    """A block of up to 8 outputs, from `channel` on, for one window."""
    fields, lanes = call.fields, min(BLOCK, len(found.bias) - channel)
    zero, limits = integer(fields, "out_zero"), [integer(fields, "low"), integer(fields, "high")]
    clamped, units = limits != [-128, 127], window.units
    fused = len(units) == 1 and lanes == BLOCK and not clamped  # the requantization with the products
    loaded = fused and channel > 0
    sums, *constants = _rows(call, found, window, channel)
    begin = stream.words
    head = np.zeros(HEAD, np.int64)
    head[SUMS], head[AT_VALUE] = sums, zero if fused else 0
    head[AT_CODE] = len(units[0]) - 1 + (AGAIN if loaded else FIRST if fused else UNIT)
    stream.add(head)
    bases = [window.base(unit) for unit in units]
    for i, unit in enumerate(units):
        if i:
            stream.add(bases[i] - bases[i - 1], UNIT + len(unit) - 1)
        offsets, weights = _vectors(window, unit, found.weights[channel : channel + lanes])
        stream.add(*([] if loaded else [offsets]), weights)
    if not fused:
        stream.add(zero, CLAMPED if clamped else SOME if lanes < BLOCK else EIGHT)
    stream.add(*constants)
    if not fused and (clamped or lanes < BLOCK):
        stream.add(*(limits if clamped else []), lanes)
    return Block(begin, stream.words, bases[-1])


def _rows(call: Call, found: Folded, window: Window, channel: int) -> list[Ints]:
    """The begins of 8 sums, with what is outside, multipliers and second multipliers."""
    outside = np.ones(found.weights.shape[1], bool)
    outside[window.terms] = False
    padding = integer(call.fields, "in_zero") * found.weights[:, outside].astype(np.int64).sum(axis=1)
    rows = np.zeros((3, BLOCK), np.int64)
    for row, values in zip(rows, (found.bias + padding, found.multiplier, found.second), strict=True):
        row[: len(values) - channel] = values[channel : channel + BLOCK]
    return [row[ORDER] for row in rows]


def _is_one(call: Call, start: int, window: Window) -> bool:
    """Whether a single pixel is one vector and 8 outputs, without a clamp."""
    fields, last = call.fields, start + int(window.places.max(initial=0))
    plain = (fields["low"], fields["high"]) == (-128, 127) and integer(fields, "out_c") == BLOCK
    return plain and window.vectors == 1 and last <= LARGEST_OFFSET


def _one(call: Call, found: Folded, start: int, window: Window) -> Ints:
    """The stream of a single pixel."""
    sums, *constants = _rows(call, found, window, 0)
    moved = Window(window.terms, window.places + start, window.cuts)
    offsets, weights = _vectors(moved, range(1), found.weights, 0)
    zero = np.array([integer(call.fields, "out_zero")])
    parts = [sums[:AT_VALUE], zero, sums[AT_VALUE:], offsets, weights, *constants]
    return np.concatenate(parts).astype(np.int64).astype(np.int32)


def _vectors(window: Window, unit: range, filters: NDArray[np.int8], base: int | None = None) -> tuple[Ints, Ints]:
    """Words of a unit: offsets (vectors, 16) of its inputs from the first of them, or from `base`, and the weights of 8
    outputs (8, vectors, 16), zeros where there is none."""
    offsets = np.zeros((len(unit), VECTOR), np.uint8)
    weights = np.zeros((BLOCK, len(unit), VECTOR), np.int8)
    start = window.base(unit) if base is None else base
    for i, vector in enumerate(unit):
        chosen = slice(window.cuts[vector], window.cuts[vector + 1])
        count = chosen.stop - chosen.start
        offsets[i, :count] = window.places[chosen] - start
        offsets[i, count:] = offsets[i, 0]
        weights[: len(filters), i, :count] = filters[:, window.terms[chosen]]
    return offsets.reshape(-1).view(np.int32), weights[ORDER].reshape(-1).view(np.int32)


def _steps(visits: list[tuple[int, Block]]) -> Ints:
    """(visits, 2): bytes to add to the pointers to input and stream, which begin at 0 and at the first word of all."""
    inputs = [start + block.last for start, block in visits]
    begins, ends = ([WORD * (len(visits) + at) for at in some]
                    for some in zip(*((block.begin, block.end) for _, block in visits), strict=True))  # fmt: skip
    starts = [start for start, _ in visits]
    return np.stack([starts - np.array([0, *inputs[:-1]]), begins - np.array([0, *ends[:-1]])], axis=1)
