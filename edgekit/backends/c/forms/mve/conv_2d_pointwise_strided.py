"""1x1 convolutions of 8 channels that take every second pixel of a row: `firmware/src/pointwise_strided_mve.c`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._groups import HIGH, PAIRS, bias_weights
from edgekit.backends.c.forms.mve._halves import WORDS, in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "pointwise_strided_mve"
LARGEST_C, IN_PAIRS = 64, 32  # output channels of one unit, of two within 256 bytes
UNIT = 4  # pixels
MOST = 256  # pixels of a chunk
RUNS = (16, 13, 11, 9, 8, 7, 6, 5, 4, 3, 2)  # pixels that have a function to copy them
RUN = 8 * VECTOR  # bytes of the longest load
CONSTANTS = 4  # bytes of a vector that make the bias
STRIDE = 2
TURN, FILL = 16, 4  # units
# Bytes of code: products of a unit, its requantization, and one that moves on; what follows a turn of these.
PRODUCTS, WHOLE, MOVED, TAIL = 76, 56, 60, 20
# Before the requantization of a turn: products of a turn, those of one pixel, none; a unit and a pixel stored by mask.
TURNED, LAST, NO_LAST, SOME, ONE = TURN * PRODUCTS + 142, 132, 104, 96, 28


@dataclass(frozen=True)
class Chunk:
    """Runs of pixels, one after the other: `runs` of them, each `pitch` bytes behind the last load of the one before,
    `repeats` times, with `gap` bytes more between."""

    pixels: int
    run: int
    runs: int
    repeats: int
    pitch: int
    gap: int
    count: int


def form(layer: Layer, call: Call) -> Call | None:
    fields, chunk = call.fields, chunk_of(call)
    out_c = integer(fields, "out_c")
    if chunk is None or not every_second(call) or not HALF <= out_c <= LARGEST_C:
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, BLOCK))
    begun = None if found is None else bias_weights(found.bias, CONSTANTS - 1)
    if found is None or begun is None:
        return None
    whole, rest = divmod(chunk.pixels, UNIT)
    units, paired, packed = whole + (rest > 1), out_c <= IN_PAIRS, stream(found, begun)
    fills = -(-chunk.pixels // (FILL * UNIT))
    same = 2 if paired else 1  # units that have the same register
    last = whole * UNIT - (PAIRS[0] if rest == 1 else 0)  # a single pixel is where a unit's first sums are
    second = requantization(whole, paired)
    return Call(
        f"{FILE}_{chunk.run}",
        {
            "chunks": chunk.count, "rest": 1 - (LAST if rest == 1 else NO_LAST), "bytes": units * UNIT * VECTOR,
            "products": 1 - TURNED + PRODUCTS * _left(units), "top": max(0, whole - 1) // same * same * UNIT * out_c,
            "step": same * UNIT * out_c, "out_zero": fields["out_zero"], "mask": mask(rest), "second": second,
            "last": last * out_c, "first": second if not rest else 1 - (ONE if rest == 1 else SOME),
            "pitch": chunk.pitch, "gap": chunk.gap, "runs": chunk.runs, "repeats": chunk.repeats,
            "fills": fills, "stream": packed.view(np.int32), "vectors": units * UNIT * VECTOR, "size": packed.nbytes,
            "chunk": chunk.pixels * out_c,
        },
        scratch=(units + fills * FILL) * UNIT * VECTOR,
        source=FILE,
    )  # fmt: skip


def every_second(call: Call) -> bool:
    """Whether a portable call takes every second pixel of 8 channels as it is, and does not clamp inside int8."""
    wanted = {
        "in_c": BLOCK, "kernel_h": 1, "kernel_w": 1, "stride_w": STRIDE, "pad_top": 0, "pad_left": 0,
        "low": -HIGH, "high": HIGH - 1,
    }  # fmt: skip
    return all(integer(call.fields, name) == value for name, value in wanted.items())


def chunk_of(call: Call) -> Chunk | None:
    """How the pixels that count are copied; None where rows are no runs, or pictures too large beside each other."""
    in_h, in_w, out_h, out_w, stride, batches = (
        integer(call.fields, name) for name in ("in_h", "in_w", "out_h", "out_w", "stride_h", "batches")
    )
    run = next((n for n in RUNS if out_w % n == 0), 0)
    if not run or out_w > MOST:
        return None
    picture = in_h * in_w * BLOCK
    row, parts = stride * in_w * BLOCK if out_h > 1 else picture, out_w // run
    loaded = (run * VECTOR - 1) // RUN * RUN  # before the last load
    gap = picture - out_h * row
    if gap and batches > 1:  # pictures are no rows one after the other
        if parts > 1 or out_h * out_w > MOST:
            return None
        whole = _divisor(batches, MOST // (out_h * out_w))
        return Chunk(whole * out_h * run, run, out_h, whole, row - loaded, gap, batches // whole)
    rows = _divisor(batches * out_h, MOST // out_w)
    count = batches * out_h // rows
    if parts == 1:
        return Chunk(rows * run, run, rows, 1, row - loaded, 0, count)
    return Chunk(rows * out_w, run, parts, rows, run * VECTOR - loaded, row - out_w * VECTOR, count)


def _divisor(number: int, most: int) -> int:
    return max(n for n in range(1, most + 1) if number % n == 0)


def _left(units: int) -> int:
    """Units of the first turn that are passed over."""
    return -units % TURN if units else TURN


def requantization(units: int, paired: bool) -> int:
    """Where that of so many units begins, from the first one of a turn, and 1."""
    left = _left(units)
    if not paired:
        return 1 + MOVED * left
    return 1 + TURN * MOVED + TAIL + WHOLE * -(-left // 2) + MOVED * (left // 2)


def mask(pixels: int) -> int:
    """The bytes of a unit's outputs, in the order of its lanes, that are of so many pixels; one is where sums begin."""
    of = np.repeat(PAIRS, HALF)[WORDS]
    return sum(1 << i for i, pixel in enumerate(of) if (pixel == PAIRS[0] if pixels == 1 else pixel < pixels))


def stream(found: Folded, begun: NDArray[np.int8]) -> NDArray[np.int8]:
    out_c = len(found.bias)
    filters = np.zeros((out_c, VECTOR), np.int8)
    filters[:, :BLOCK], filters[:, BLOCK : BLOCK + CONSTANTS] = found.weights, begun
    parts: list[NDArray[np.int8]] = []
    for first in [*range(0, out_c - HALF, HALF), out_c - HALF]:  # the last may compute some channels twice
        four = slice(first, first + HALF)
        outputs = [pixel * out_c + c for pixel in PAIRS for c in range(first, first + HALF)]
        next_outputs = [place + UNIT * out_c for place in outputs] if out_c <= IN_PAIRS else outputs
        constants = np.concatenate([found.multiplier[four], found.second[four]]).astype(np.int32)
        words = np.concatenate([places(outputs), constants, places(next_outputs)])
        parts += [filters[four].reshape(-1), words.view(np.int8)]
    return np.concatenate(parts)
