"""Convolutions by bands of rows: windows, blocks and weights of `conv_2d_bands_mve.c`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._pack import ORDER
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

BLOCK, VECTOR, WORD = 8, 16, 4  # outputs; bytes
ONE, TWO, THREE_ONES, THREE_TWOS, UNITS = range(5)  # EK_BANDS_
WAYS = {(1, 1): ONE, (1, 2): TWO, (3, 1): THREE_ONES, (3, 2): THREE_TWOS}  # by segments and their vectors
COSTS = {ONE: 29, TWO: 40, THREE_ONES: 51, THREE_TWOS: 84}  # instructions of a block for one step
UNIT_COSTS, UNITS_COST = (0, 15, 25, 36, 48), 27  # of a unit of 8 outputs, of a block beside its units
ROW, ROW_OF_STRIPS = (9, 2), (20, 8)  # to prepare one, and for 16 bytes of it
ROOM, ROOM_OF_STRIPS = 2048, 4096  # bytes of scratch that a band may take, unless one row takes more
LARGEST_UNIT, LARGEST_STEP, LARGEST_COUNT = 4, 1 << 16, 1 << 15
PART, ROWS = 6, 8  # numbers
LARGEST_WEIGHTS = 8192  # bytes, where filters are repeated for several pixels
KEPT = ("batches", "in_h", "in_c", "out_h", "stride_h", "pad_top", "out_zero", "low", "high")
PLAIN, SOME, CLAMPED, EIGHT = range(4)  # EK_BANDS_
CHUNK = 64  # bytes copied by one load


@dataclass(frozen=True)
class Block:
    """Outputs `first` to `last` of a step's pixels, counted through; the window begins at the pixel of the first."""

    first: int
    last: int
    pixel: int

    @property
    def outputs(self) -> int:
        return self.last + 1 - self.first


@dataclass(frozen=True)
class Shape:
    """How windows lie: `segments` of `bytes`, which are `parts` units of `unit` vectors; `column` bytes a column."""

    strips: bool
    step: int
    blocks: tuple[Block, ...]
    width: int
    segments: int
    column: int
    way: int

    @property
    def bytes(self) -> int:
        return self.width * self.column

    @property
    def parts(self) -> int:
        return 1 if self.way != UNITS else -(-self.bytes // (VECTOR * LARGEST_UNIT))

    @property
    def unit(self) -> int:
        return -(-self.bytes // (VECTOR * self.parts))

    @property
    def cost(self) -> int:
        """Instructions of a step."""
        return sum(self.cost_of(block) for block in self.blocks)

    def cost_of(self, block: Block) -> int:
        if self.way != UNITS:
            return COSTS[self.way]
        few = self.unit + 5 + block.outputs * (self.unit + 1)
        return UNITS_COST + self.segments * self.parts * (UNIT_COSTS[self.unit] if block.outputs == BLOCK else few)


def bands(call: Call) -> Call | None:
    """The form of a portable convolution `call`; None where a condition does not hold."""
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    taps = of("kernel_h") * of("kernel_w")
    if taps == 1 or not inside_image(call):
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(of("out_c"), -1))
    if not np.all(found.second):
        return None
    columns = (of("out_w") - 1) * of("stride_w") + of("kernel_w")
    shape = min(_shapes(call), key=lambda shape: _cost(call, shape))
    pitch, pixel = columns * shape.column, of("stride_w") * shape.column
    inside_bytes = min(columns - of("pad_left"), of("in_w")) * of("in_c")
    if shape.step * pixel >= LARGEST_STEP or of("out_w") >= LARGEST_COUNT:
        return None
    behind = max(b.pixel for b in shape.blocks) * pixel + shape.parts * shape.unit * VECTOR
    more = max(0, behind - (of("kernel_w") + (shape.step - 1) * of("stride_w")) * shape.column)
    room = ROOM_OF_STRIPS if shape.strips else ROOM
    band = max([1, *(r for r in range(1, of("out_h") + 1) if _rows(call, shape, r) * pitch <= room)])
    outputs = shape.step * of("out_c")
    finish = SOME if outputs % BLOCK else EIGHT if outputs == BLOCK else PLAIN
    row = pitch * (1 if shape.strips else of("stride_h"))
    parts = _parts(shape, of("out_w"), of("out_c"), row, pixel)
    return Call(
        "conv_2d_bands_mve",
        {
            **{name: fields[name] for name in KEPT},
            "in_pitch": of("in_w") * of("in_c"), "inside": inside_bytes,
            "band": band, "rows": rows_of(call, pitch, inside_bytes),
            **bands_of(call, pitch, of("pad_left") * shape.column, inside_bytes, band, row, rows=not shape.strips),
            "pitch": pitch, "left": of("pad_left") * shape.column, "row": row,
            "out_pitch": of("out_w") * of("out_c"), "strips": int(shape.strips),
            "groups": _groups(inside_bytes, of("in_c")) if shape.strips else 0,
            "offsets": _offsets(of("in_c")) if shape.strips else np.zeros(1, np.uint8),
            "x_step": shape.step * pixel - 2 * pitch, "y_step": outputs, "blocks": len(shape.blocks), "way": shape.way,
            "finish": CLAMPED if (fields["low"], fields["high"]) != (-128, 127) else finish,
            "units": shape.segments * shape.parts, "parts": len(parts) // PART,
            "part": (*parts, *[0] * PART)[: 2 * PART], "gaps": _gaps(shape, pitch, pixel),
            "weights": _pack(found, shape, call),
        },
        scratch=_rows(call, shape, band) * pitch + more,
    )  # fmt: skip


def inside_image(call: Call) -> bool:
    """Whether every window has taps inside the image, no dilation, and no stride leaves a tap out."""

    def of(name: str) -> int:
        return integer(call.fields, name)

    return all(
        of(f"dilation_{s}") == 1
        and 0 <= of(pad) < of(f"kernel_{s}") >= of(f"stride_{s}")
        and (of(f"out_{s}") - 1) * of(f"stride_{s}") - of(pad) < of(f"in_{s}")
        for s, pad in (("h", "pad_top"), ("w", "pad_left"))
    )


def _parts(shape: Shape, out_w: int, out_c: int, row: int, pixel: int) -> tuple[int, ...]:
    """Of an output row: all whole steps, and one more at its end where pixels are left."""
    found: list[int] = []
    whole = out_w // shape.step
    for start, count in [(0, whole), *([(out_w - shape.step, 1)] if out_w % shape.step else [])]:
        odd = count % 2 * (shape.way in (TWO, THREE_ONES))
        packed = (count + odd - 1) << 16 | shape.step * pixel
        gaps = row - count * shape.step * pixel, (out_w - count * shape.step) * out_c
        found += [start * pixel, start * out_c, *gaps, packed if shape.way in (ONE, TWO) else count + odd, odd]
    return tuple(found)


def rows_of(call: Call, pitch: int, inside: int) -> tuple[int, ...]:
    """ek_rows_mve_t."""
    in_pitch = integer(call.fields, "in_w") * integer(call.fields, "in_c")
    chunks = 0 if integer(call.fields, "in_c") % WORD else inside // CHUNK
    rest = inside - chunks * CHUNK
    read = chunks * CHUNK + -(-rest // VECTOR) * VECTOR
    return integer(call.fields, "in_zero"), pitch, chunks, rest, pitch - read, in_pitch - read


def bands_of(call: Call, pitch: int, left: int, inside: int, band: int, row: int, *, rows: bool) -> dict[str, Any]:
    """EK_ROWS_ of the bands of the first input and of others: what neither holds is filled once."""
    in_h, out_h, kernel, stride, pad, in_pitch = (
        integer(call.fields, name) for name in ("in_h", "out_h", "kernel_h", "stride_h", "pad_top", "in_w")
    )
    in_pitch *= integer(call.fields, "in_c")
    found: list[tuple[int, ...]] = []
    for n in range(2):
        for start in range(0, out_h if rows and (n == 0 or integer(call.fields, "batches") > 1) else 0, band):
            top, height = start * stride - pad, min(band, out_h - start)
            slots = (height - 1) * stride + kernel
            before, end = max(0, -top), min(slots, in_h - top)
            head, gap, tail = before * pitch, 0, end * pitch
            if n + start == 0:
                head, gap, tail = head + left, pitch - inside, (end - 1) * pitch + left + inside
            again = n + start == 0 or band < out_h
            found.append((head * again, before * pitch + left, (top + before) * in_pitch, end - before, gap,
                          tail, (slots * pitch - tail) * again, height * row))  # fmt: skip
    first = -(-out_h // band)
    table = np.array(found, np.int32).reshape(-1)
    return {"bands": table[: first * ROWS], "others": table[first * ROWS :] if found[first:] else np.zeros(1, np.int32)}


def _rows(call: Call, shape: Shape, band: int) -> int:
    """Of scratch."""
    if shape.strips:
        return band
    return (band - 1) * integer(call.fields, "stride_h") + integer(call.fields, "kernel_h")


def _shapes(call: Call) -> Iterator[Shape]:
    fields = call.fields
    height, width, stride, in_c, out_c, out_w = (
        integer(fields, name) for name in ("kernel_h", "kernel_w", "stride_w", "in_c", "out_c", "out_w")
    )
    for step in range(1, min(BLOCK, out_w) + 1):
        blocks = []
        for first in range(0, step * out_c, BLOCK):
            last = min(first + BLOCK, step * out_c) - 1
            blocks.append(Block(first, last, first // out_c))
        wide = width + max(b.last // out_c - b.pixel for b in blocks) * stride
        weights = len(blocks) * BLOCK * height * wide * in_c
        if step > 1 and (weights > LARGEST_WEIGHTS or out_c % BLOCK == 0):
            continue
        for strips, segments, column in ((False, height, in_c), (True, 1, 3 * in_c)):
            if strips and (height != 3 or in_c > 3):
                continue
            way = WAYS.get((segments, -(-wide * column // VECTOR)), UNITS)
            for each in {way, UNITS}:
                yield Shape(strips, step, tuple(blocks), wide, segments, column, each)


def _cost(call: Call, shape: Shape) -> float:
    """Instructions of an output row."""
    of = call.fields
    steps = -(-integer(of, "out_w") // shape.step)
    vectors = integer(of, "in_w") * integer(of, "in_c") / VECTOR
    once, each = ROW_OF_STRIPS if shape.strips else ROW
    rows = 1 if shape.strips else integer(of, "stride_h")
    return steps * shape.cost + 6 * len(shape.blocks) + rows * (once + each * vectors)


def _groups(inside: int, in_c: int) -> int:
    """How many times 16 bytes, of whole pixels and what is behind them, fit in `inside` bytes."""
    return 0 if inside < VECTOR else (inside - VECTOR) // (VECTOR // in_c * in_c) + 1


def _offsets(in_c: int) -> NDArray[np.uint8]:
    """Of 16 bytes of a row in strips of three rows."""
    at = np.arange(VECTOR)
    return (at // in_c * 3 * in_c + at % in_c).astype(np.uint8)


def _gaps(shape: Shape, pitch: int, pixel: int) -> NDArray[np.int32]:
    """From behind each unit to the next one's begin; from behind the last to the next step's."""
    size = shape.unit * VECTOR * shape.parts
    gaps = np.zeros((shape.segments, shape.parts), np.int32)
    gaps[:, -1] = pitch - size
    gaps[-1, -1] = shape.step * pixel - size - (shape.segments - 1) * pitch
    return gaps.reshape(-1)


def _pack(found: Folded, shape: Shape, call: Call) -> NDArray[np.int32]:
    """By blocks: where the window begins, outputs, biases, vectors of weights in the order of use, and constants."""
    out_c, height, width, in_c, stride = (
        integer(call.fields, name) for name in ("out_c", "kernel_h", "kernel_w", "in_c", "stride_w")
    )
    filters = found.weights.reshape(out_c, height, width, in_c)
    parts: list[NDArray[Any]] = []
    for block in shape.blocks:
        wide = np.zeros((BLOCK, height, shape.width, in_c), np.int8)
        rows = np.zeros((3, BLOCK), np.int64)
        for lane, output in enumerate(range(block.first, block.last + 1)):
            at, channel = (output // out_c - block.pixel) * stride, output % out_c
            wide[lane, :, at : at + width] = filters[channel]
            rows[:, lane] = found.bias[channel], found.multiplier[channel], found.second[channel]
        if shape.strips:
            wide = wide.swapaxes(1, 2)
        size = shape.parts * shape.unit * VECTOR
        padded = np.zeros((BLOCK, shape.segments, size), np.int8)
        padded[:, :, : shape.bytes] = wide.reshape(BLOCK, shape.segments, shape.bytes)
        units = padded.reshape(BLOCK, shape.segments * shape.parts, -1).swapaxes(0, 1)
        parts.append(np.array([block.pixel * stride * shape.column, block.outputs]))
        if shape.way != UNITS:
            units, rows[0] = units[:, ORDER], rows[0, ORDER]
        if shape.way == UNITS:
            few = block.outputs < BLOCK
            units = units[:, block.outputs - 1 :: -1] if few else units
            parts.append(np.array([shape.unit - 1 + 4 * few, (BLOCK - block.outputs) * WORD * (shape.unit + 1)]))
        words = np.ascontiguousarray(units.reshape(-1, VECTOR)).view("<i4")
        cut = len(words) - (shape.way == THREE_ONES)
        parts += [rows[0], words[:cut].reshape(-1), rows[1:, ORDER].reshape(-1), words[cut:].reshape(-1)]
        if shape.way in (THREE_ONES, THREE_TWOS):
            parts.append(np.array([integer(call.fields, "out_zero"), shape.step * out_c]))
    return np.concatenate(parts).astype(np.int32)
