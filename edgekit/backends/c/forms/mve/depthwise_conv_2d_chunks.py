"""Depthwise convolution plane by plane, windows of several gathers: `depthwise_conv_2d_plane_chunks_mve.c`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._once import once
from edgekit.backends.c.forms.mve._planes import (
    LARGEST_LANE,
    LARGEST_OFFSET,
    OUTPUTS,
    VECTOR,
    Axis,
    Pair,
    axis,
    band_of,
    filters,
    groups,
    in_place,
    iterations,
    places,
)
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer
from edgekit.backends.c.forms.mve._strips import cropped, upright

OPERATOR = "depthwise_conv_2d"
FILE = "depthwise_conv_2d_plane_chunks_mve"
FRACTION = 2  # bits in EK_ONCE_2
PLAIN, CLAMPED, ONCE = range(3)
UNIT, ONE, ENTRY, WINDOWS = 8, 4, 8, 4  # pixels; bytes of their entry, in scratch; addresses of a vector
SINGLE, PAIRS = (1, 1), ((1, 2), (2, 1))


@dataclass(frozen=True)
class Way:
    """How a kernel gathers: of each gather which of the taps it has, and at which address of a window it begins."""

    name: str
    gathers: tuple[Pair, ...]

    @property
    def kinds(self) -> int:
        return 1 + max(taps for taps, _ in self.gathers)

    @property
    def addresses(self) -> int:
        """In scratch, of each window."""
        return 1 << max(address for _, address in self.gathers).bit_length()


WAYS = (
    Way("one", ((0, 0),)),
    Way("two", ((0, 0), (1, 0))),
    Way("three", ((0, 0), (1, 0), (0, 1))),
    Way("four", ((0, 0), (0, 1), (0, 2), (0, 3))),
)
OF_PAIRS = Way("pairs", ((0, 0), (0, 1)))


@dataclass(frozen=True)
class Gathered:
    """A group's taps: `lanes` of each, as gather and lane; rows and columns of `taps` from where a gather begins, of
    `next` from one such place to the other."""

    way: Way
    size: Pair
    taps: tuple[tuple[Pair, ...], ...]
    next: Pair

    def lanes(self) -> dict[Pair, Pair]:
        return {
            (at * self.next[0] + row, at * self.next[1] + column): (i, lane)
            for i, (of, at) in reversed(list(enumerate(self.way.gathers)))
            for lane, (row, column) in enumerate(self.taps[of])
        }


@dataclass(frozen=True)
class Shape:
    """`groups` of outputs, row and column, of a band of rows. pitch, filled: of the plane; units: of a row."""

    gathered: Gathered
    groups: tuple[Pair, ...]
    band: int
    pitch: int
    next: int
    units: int
    filled: int
    scratch: int

    @property
    def iterations(self) -> int:
        return iterations(len(self.groups), self.gathered.size)

    @property
    def vectors(self) -> int:
        return _vectors(self.iterations, self.gathered.size)


def form(layer: Layer, call: Call) -> list[Call]:
    """Every way whose conditions hold, by one multiplication where that is proven."""
    fields = upright(cropped(call.fields))
    axes = axis(fields, "h"), axis(fields, "w")
    shapes = _shapes(fields, axes)
    if not shapes or UNIT * integer(fields, "in_c") > LARGEST_OFFSET:
        return []
    folded = fold(fields, np.asarray(fields["weights"]).reshape(axes[0].kernel * axes[1].kernel, -1).T)
    line = once(fields, folded, FRACTION)
    if line is None and not np.all(folded.second):
        return []
    clamped = CLAMPED if (fields["low"], fields["high"]) != (-128, 127) else PLAIN
    found, kind = (line[0], ONCE) if line else (folded, clamped)
    return [_call(fields, found, axes, shape, kind) for shape in shapes]


def _shapes(fields: Mapping[str, Value], axes: tuple[Axis, Axis]) -> list[Shape]:
    """Of one output by as few gathers as can be, by rows or by columns; of two where those are several."""
    rows, columns = axes

    def of(way: Way, size: Pair) -> list[Shape]:
        found = _split(rows.all_taps(size[0]), columns.all_taps(size[1]), way, size)
        return [shape for gathered in found if (shape := _shape(fields, axes, gathered)) is not None]

    sizes = [size for size in PAIRS if size[0] <= rows.outputs and size[1] <= columns.outputs]
    if any(len(rows.all_taps(n)) * len(columns.all_taps(m)) <= VECTOR for n, m in sizes):
        return []  # one gather is enough for two outputs: `depthwise_conv_2d_plane.py`
    single = next((found[:1] for way in WAYS if (found := of(way, SINGLE))), [])
    several = not single or len(single[0].gathered.way.gathers) > 1
    return single + [shape for size in sizes for shape in of(OF_PAIRS, size) if several]


def _split(down: Sequence[int], right: Sequence[int], way: Way, size: Pair) -> Iterator[Gathered]:
    """By as many rows, or columns, a gather; they must lie as far apart in all gathers that have the same taps."""
    parts = len(way.gathers)
    for turned in (False, True):
        across, along = (down, right) if turned else (right, down)
        each = -(-len(along) // parts)
        second = next((i * each for i, (_, at) in enumerate(way.gathers) if at), 0)
        step = along[second] if second < len(along) else 0
        taps = [[n - at * step for n in along[i * each :][:each]] for i, (_, at) in enumerate(way.gathers)]
        of = [next(some for some, (t, _) in zip(taps, way.gathers, strict=True) if t == n) for n in range(way.kinds)]
        fits = all(some == of[t][: len(some)] for some, (t, _) in zip(taps, way.gathers, strict=True))
        if each * len(across) > VECTOR or not all(of) or not fits:
            continue

        def at(n: int, m: int, turned: bool = turned) -> Pair:
            return (m, n) if turned else (n, m)

        yield Gathered(way, size, tuple(tuple(at(n, m) for n, m in product(some, across)) for some in of), at(step, 0))


def _shape(fields: Mapping[str, Value], axes: tuple[Axis, Axis], gathered: Gathered) -> Shape | None:
    """None where taps are too far apart, or offsets do not fit."""
    (rows, columns), size = axes, gathered.size
    pitch = columns.size + max(columns.before, columns.after)
    far = max(row * pitch + column for taps in gathered.taps for row, column in taps)
    step = gathered.next[0] * pitch + gathered.next[1]
    beyond = far + (gathered.way.addresses - 1) * step
    if far > LARGEST_LANE:
        return None
    units, pixel = -(-columns.size // UNIT), integer(fields, "in_c") * integer(fields, "depth_multiplier")

    def filled(band: int) -> int:
        last = (band - size[0]) * rows.stride * pitch + (columns.outputs - size[1]) * columns.stride + beyond
        return -(-max(last + 1, columns.before + rows.reach(band) * pitch) // VECTOR)

    def scratch(band: int) -> int:
        many = -(-band // size[0]) * -(-columns.outputs // size[1])
        vectors = _vectors(iterations(many, size), size) * gathered.way.addresses + filled(band)
        return VECTOR * vectors + ENTRY * (_most_inside(rows, band) * units + 1)

    band = band_of(rows, columns, pixel, size[0], scratch)
    if band is None:
        return None
    of = groups(size, band, columns.outputs)
    return Shape(gathered, of, band, pitch, step, units, filled(band), scratch(band))


def _vectors(iterations: int, size: Pair) -> int:
    """Of windows."""
    return -(-iterations * OUTPUTS // (size[0] * size[1] * WINDOWS))


def _call(fields: Mapping[str, Value], found: Folded, axes: tuple[Axis, Axis], shape: Shape, kind: int) -> Call:
    (rows, columns), gathered = axes, shape.gathered
    channels, out_c = integer(fields, "in_c"), len(found.bias)
    taps = [np.resize([row * shape.pitch + column for row, column in of], VECTOR) for of in gathered.taps]
    return Call(
        FILE.replace("_mve", f"_{gathered.way.name}_mve"),
        {
            "windows": _windows(axes, shape), "vectors": shape.vectors,
            "places": (places(shape.groups, gathered.size, columns.outputs) * out_c).astype(np.uint16),
            "out_zero": fields["out_zero"], "filters": filters(found, _taps(found, axes, gathered)),
            "iterations": shape.iterations, "kind": kind, "bands": _bands(fields, axes, shape, out_c),
            "channels": channels, "depth_multiplier": integer(fields, "depth_multiplier"),
            "filled": shape.filled, "in_zero": fields["in_zero"],
            "narrow": (1 << 2 * columns.size) - 1 if columns.size < UNIT else 0,
            "units": _units(axes, shape), "next": shape.next,
            "pixels": tuple(i * channels for i in range(UNIT)),
            "taps": tuple(int(at) for at in np.concatenate([taps[0], taps[-1]])),
            "limits": tuple(integer(fields, name) for name in ("low", "high") for _ in range(OUTPUTS)),
        },
        scratch=shape.scratch,
        in_place=in_place(fields, rows, columns, shape.band),
        source=FILE,
    )  # fmt: skip


def _windows(axes: tuple[Axis, Axis], shape: Shape) -> NDArray[np.uint16]:
    """(vectors, 4): where groups begin; those that there are not, where the last one does."""
    rows, columns = axes
    at = [r * rows.stride * shape.pitch + c * columns.stride for r, c in shape.groups]
    return np.array([at[min(i, len(at) - 1)] for i in range(shape.vectors * WINDOWS)], np.uint16)


def _units(axes: tuple[Axis, Axis], shape: Shape) -> NDArray[np.uint16]:
    """(units, 2): pixels of x and of the plane where they begin, of the most rows of a band; the first one twice."""
    rows, columns = axes
    starts = [min(at, max(columns.size - UNIT, 0)) for at in range(0, columns.size, UNIT)]
    of_rows = range(_most_inside(rows, shape.band))
    found = [(row * columns.size + at, row * shape.pitch + at) for row in of_rows for at in starts]
    return np.array([found[0], *found], np.uint16).reshape(-1)


def _most_inside(rows: Axis, band: int) -> int:
    """Rows of the image that a band reads."""
    return max(min(last, rows.size) - max(first, 0) for first, last in rows.spans(band))


def _taps(found: Folded, axes: tuple[Axis, Axis], gathered: Gathered) -> NDArray[np.int8]:
    """Of every output channel the taps of each gather at each output of a group."""
    (rows, columns), lanes = axes, gathered.lanes()
    outputs = list(product(*(range(n) for n in gathered.size)))
    wide = np.zeros((len(found.bias), len(gathered.way.gathers), len(outputs), VECTOR), np.int8)
    for i, (down, right) in enumerate(outputs):
        for j, tap in enumerate(product(rows.taps(down), columns.taps(right))):
            gather, lane = lanes[tap]
            wide[:, gather, i, lane] = found.weights[:, j]
    return wide


def _bands(fields: Mapping[str, Value], axes: tuple[Axis, Axis], shape: Shape, out_c: int) -> NDArray[np.int32]:
    (rows, columns), table = axes, []
    for sample in range(integer(fields, "batches")):
        for start, (first, last) in zip(rows.starts(shape.band), rows.spans(shape.band), strict=True):
            inside = range(max(first, 0), min(last, rows.size))
            units = len(inside) * shape.units
            table.append([
                1, (sample * rows.size + inside.start) * columns.size * integer(fields, "in_c"),
                0 if units % 2 else ONE, (units + 1) // 2, columns.before + (inside.start - first) * shape.pitch,
                (sample * rows.outputs + start) * columns.outputs * out_c,
            ])  # fmt: skip
    table[-1][0] = 0
    return np.array(table, np.int32).reshape(-1)
