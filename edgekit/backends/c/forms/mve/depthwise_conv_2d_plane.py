"""Depthwise convolution plane by plane: groups, bands, filters and constants of `depthwise_conv_2d_plane_mve.c` and, by
one multiplication an output, of `depthwise_conv_2d_plane_once_mve.c`.

Where no group of outputs fits, of `depthwise_conv_2d_plane_chunks_mve.c`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._halves import in_halfwords
from edgekit.backends.c.forms.mve._once import once
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer
from edgekit.backends.c.forms.mve._strips import cropped, upright

OPERATOR = "depthwise_conv_2d"
FILE, FILE_ONCE, FILE_CHUNKS = (f"depthwise_conv_2d_plane{name}_mve" for name in ("", "_once", "_chunks"))
FRACTION = 2  # bits in EK_ONCE_2
VECTOR, OUTPUTS, WINDOWS = 16, 8, 4  # lanes of a gather; outputs of an iteration; addresses of a vector
ROOM = 8 * 1024  # bytes of scratch that bands may take, unless one group of rows takes more
LARGEST_OFFSET, LARGEST_LANE = (1 << 16) - 1, (1 << 8) - 1
GROUPS = (((1, 2), (2, 1)), ((2, 2), (1, 4), (4, 1)))  # rows and columns of outputs, by kind
ONE, MOST_CHUNKS = (1, 1), 4
CLAMPED, KINDS = 1, 2  # kind = CLAMPED + KINDS * index of GROUPS, or of chunks beyond the first
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


@dataclass(frozen=True)
class Plane:
    """Rows of `full` vectors of pixels and one of `rest` pixels and zero points, after `front` vectors of those."""

    full: int
    rest: int
    front: int

    @property
    def pitch(self) -> int:
        return VECTOR * (self.full + 1)

    def bytes(self, rows: int) -> int:
        return VECTOR * self.front + rows * self.pitch


@dataclass(frozen=True)
class Shape:
    """`groups` of outputs, row and column, of a band of rows.

    Attributes:
        taps: rows and columns of a gather from a window's begin; `chunks` of them, `chunk` rows from one to the next.
    """

    size: tuple[int, int]
    groups: tuple[tuple[int, int], ...]
    taps: tuple[tuple[int, int], ...]
    chunks: int
    chunk: int
    band: int
    scratch: int

    @property
    def iterations(self) -> int:
        return _iterations(len(self.groups), self.size)

    @property
    def vectors(self) -> int:
        return _vectors(self.iterations, self.size)


def form(layer: Layer, call: Call) -> list[Call]:
    """By groups of 2 and of 4 outputs, as far as conditions hold."""
    fields = upright(cropped(call.fields))
    rows, columns = (_axis(fields, side) for side in "hw")
    laid = _laid(columns, integer(fields, "in_c"))
    if laid is None:
        return []
    shapes = []
    for kind, sizes in enumerate(GROUPS):
        found = [s for size in sizes if (s := _shape(fields, rows, columns, laid, size)) is not None]
        shapes += [(kind, min(found, key=lambda s: s.iterations))] if found else []
    if not shapes:
        shape = _shape(fields, rows, columns, laid, ONE)
        shapes = [(shape.chunks - 1, shape)] if shape is not None else []
    if not shapes:
        return []
    folded = fold(fields, np.asarray(fields["weights"]).reshape(rows.kernel * columns.kernel, -1).T)
    groups = shapes[0][1].size != ONE
    line = once(fields, folded, FRACTION) if groups else None
    ways = [(line[0], FILE_ONCE)] if line else []
    if np.all(folded.second) and not (groups and not in_halfwords(folded, integer(fields, "out_zero"))):
        ways.append((folded, FILE if groups else FILE_CHUNKS))
    return [_call(fields, way, (rows, columns), laid, shape, kind) for way in ways for kind, shape in shapes]


def _axis(fields: Mapping[str, Value], side: str) -> Axis:
    names = (f"in_{side}", f"out_{side}", f"kernel_{side}", f"stride_{side}", f"dilation_{side}")
    return Axis(*(integer(fields, name) for name in (*names, {"h": "pad_top", "w": "pad_left"}[side])))


def _laid(columns: Axis, channels: int) -> Plane | None:
    """None where the zero points behind a row are too few, or its pixels too far apart for one gather."""
    pads = max(columns.before, columns.after)
    full, rest = divmod(columns.size, VECTOR)
    if rest == 0 and pads == 0:
        full, rest = full - 1, VECTOR
    far = ((VECTOR if full else rest) - 1) * channels > LARGEST_LANE
    return None if far or pads > VECTOR - rest else Plane(full, rest, int(columns.before > 0))


def _shape(fields: Mapping[str, Value], rows: Axis, columns: Axis, laid: Plane, size: tuple[int, int]) -> Shape | None:
    """None where a group's taps are too many or too far apart, or where offsets do not fit."""
    down_taps, right_taps = (
        sorted({t for output in range(n) for t in axis.taps(output)})
        for n, axis in zip(size, (rows, columns), strict=True)
    )
    chunks = -(-len(down_taps) // max(1, VECTOR // len(right_taps)))
    each = -(-len(down_taps) // chunks)
    taps, chunk = tuple(product(down_taps[:each], right_taps)), each * rows.dilation if size == ONE else 0
    if len(taps) > VECTOR or chunks > (MOST_CHUNKS if size == ONE else 1):
        return None
    if taps[-1][0] * laid.pitch + taps[-1][1] > LARGEST_LANE:
        return None
    if size[0] > rows.outputs or size[1] > columns.outputs:
        return None
    pixel = integer(fields, "in_c") * integer(fields, "depth_multiplier")

    def scratch(band: int) -> int:
        groups = -(-band // size[0]) * -(-columns.outputs // size[1])
        return VECTOR * _vectors(_iterations(groups, size), size) + laid.bytes(
            max(rows.reach(band), (band - 1) * rows.stride + (chunks - 1) * chunk + taps[-1][0] + 1)
        )

    def fits(band: int, room: int) -> bool:
        return (band * columns.outputs - 1) * pixel <= LARGEST_OFFSET and scratch(band) <= room

    most = max((band for band in range(size[0], rows.outputs + 1) if fits(band, ROOM)), default=size[0])
    band = max(size[0], -(-rows.outputs // -(-rows.outputs // most)))
    if not fits(band, LARGEST_OFFSET) or any(first >= rows.size or last <= 0 for first, last in _spans(rows, band)):
        return None
    down, right = (
        [min(at, n - step) for at in range(0, n, step)] for n, step in zip((band, columns.outputs), size, strict=True)
    )
    return Shape(size, tuple(product(down, right)), taps, chunks, chunk, band, scratch(band))


def _iterations(groups: int, size: tuple[int, int]) -> int:
    return -(-groups * size[0] * size[1] // OUTPUTS)


def _vectors(iterations: int, size: tuple[int, int]) -> int:
    """Of addresses."""
    return -(-iterations * OUTPUTS // (size[0] * size[1] * WINDOWS))


def _starts(rows: Axis, band: int) -> list[int]:
    """Output rows that bands begin with."""
    return [min(at, rows.outputs - band) for at in range(0, rows.outputs, band)]


def _spans(rows: Axis, band: int) -> list[tuple[int, int]]:
    """Input rows of bands, from the first to behind the last, those outside too."""
    tops = [start * rows.stride - rows.before for start in _starts(rows, band)]
    return [(top, top + rows.reach(band)) for top in tops]


def _call(
    fields: Mapping[str, Value], way: tuple[Folded, str], axes: tuple[Axis, Axis], laid: Plane, shape: Shape, kind: int
) -> Call:
    (rows, columns), (found, kernel) = axes, way
    channels, multiplier, out_c = integer(fields, "in_c"), integer(fields, "depth_multiplier"), len(found.bias)
    clamped = (fields["low"], fields["high"]) != (-128, 127)
    whole = shape.band == rows.outputs and multiplier == 1 and [a.size for a in axes] == [a.outputs for a in axes]
    taps = np.array([row * laid.pitch + column for row, column in shape.taps])
    pixels = np.arange(VECTOR)
    near = np.concatenate([np.clip(pixels, 0, max(laid.rest - 1, 0)), pixels * (laid.full > 0)]) * channels
    return Call(
        kernel,
        {
            "windows": _windows(axes, laid, shape),
            "vectors": shape.vectors, "iterations": shape.iterations, "kind": clamped * CLAMPED + kind * KINDS,
            "places": (_places(shape, columns.outputs) * out_c).astype(np.uint16), "out_zero": fields["out_zero"],
            "lanes": (1 << laid.rest) - 1, "taps": tuple(int(t) for t in np.resize(taps, VECTOR)),
            "full": laid.full, "pitch": columns.size * channels, "depth_multiplier": multiplier, "channels": channels,
            "filters": _filters(found, axes, shape), "bands": _bands(fields, axes, laid, shape.band, out_c),
            "rest": laid.rest, "step": VECTOR * channels, "chunk": shape.chunk * laid.pitch,
            "limits": tuple(integer(fields, name) for name in ("low", "high") for _ in range(OUTPUTS)),
            "columns": tuple(int(at) for at in near), "zeros": (integer(fields, "in_zero"),) * VECTOR,
        },
        scratch=shape.scratch,
        in_place=(0,) if whole else (),
    )  # fmt: skip


def _windows(axes: tuple[Axis, Axis], laid: Plane, shape: Shape) -> NDArray[np.uint16]:
    """(vectors, 4): where the windows of groups begin in scratch; those that there are not, where the last does."""
    rows, columns = axes
    plane = VECTOR * (shape.vectors + laid.front)
    at = [plane + r * rows.stride * laid.pitch + c * columns.stride - columns.before for r, c in shape.groups]
    return np.array([at[min(i, len(at) - 1)] for i in range(shape.vectors * WINDOWS)], np.uint16)


def _places(shape: Shape, width: int) -> Ints:
    """(iterations, 8): pixels of the outputs in the order of lanes; even ones have the first half of the sums."""
    height, across = shape.size
    each = [(r + i) * width + c + j for r, c in shape.groups for i, j in product(range(height), range(across))]
    beyond = shape.iterations * OUTPUTS - len(each)
    last = each[-height * across :]
    every = np.array(each + last * (beyond // len(last))).reshape(-1, OUTPUTS)
    lanes = np.arange(OUTPUTS)
    return np.asarray(every[:, lanes % 2 * (OUTPUTS // 2) + lanes // 2].reshape(-1))


def _filters(found: Folded, axes: tuple[Axis, Axis], shape: Shape) -> NDArray[np.int8]:
    """Of every output channel three constants, and the taps at each output of a group, or of each chunk."""
    rows, columns = axes
    lanes = {tap: lane for lane, tap in enumerate(shape.taps)}
    outputs = list(product(*(range(n) for n in shape.size)))
    wide = np.zeros((len(found.bias), len(outputs), shape.chunks, VECTOR), np.int8)
    for i, (down, right) in enumerate(outputs):
        for j, (row, column) in enumerate(product(rows.taps(down), columns.taps(right))):
            chunk = row // shape.chunk if shape.chunk else 0
            wide[:, i, chunk, lanes[row - chunk * shape.chunk, column]] = found.weights[:, j]
    words = np.stack([found.bias, found.multiplier, found.second], 1).astype("<i4").view(np.int8)
    return np.concatenate([words, wide.reshape(len(wide), -1)], 1).reshape(-1)


def _bands(
    fields: Mapping[str, Value], axes: tuple[Axis, Axis], laid: Plane, band: int, out_c: int
) -> NDArray[np.int32]:
    rows, columns = axes
    channels, table = integer(fields, "in_c"), []
    pitch = columns.size * channels
    for sample in range(integer(fields, "batches")):
        for start, (first, last) in zip(_starts(rows, band), _spans(rows, band), strict=True):
            inside = range(max(first, 0), min(last, rows.size))
            above, below = inside.start - first, last - inside.stop
            table.append([
                1, (sample * rows.size + inside.start) * pitch + channels, laid.front + above * (laid.full + 1),
                len(inside), len(inside) * laid.pitch, below * (laid.full + 1),
                (sample * rows.outputs + start) * columns.outputs * out_c,
            ])  # fmt: skip
    table[-1][0] = 0
    return np.array(table, np.int32).reshape(-1)
