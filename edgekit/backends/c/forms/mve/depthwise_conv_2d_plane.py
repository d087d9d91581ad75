"""Depthwise convolution plane by plane: groups, bands, filters and constants of `depthwise_conv_2d_plane_mve.c` and, by
one multiplication an output, of `depthwise_conv_2d_plane_once_mve.c`.
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
from edgekit.backends.c.forms.mve._planes import (
    LARGEST_LANE,
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
FILE, FILE_ONCE = (f"depthwise_conv_2d_plane{name}_mve" for name in ("", "_once"))
FRACTION = 2  # bits in EK_ONCE_2
WINDOWS = 4  # addresses of a vector
GROUPS = (((1, 2), (2, 1)), ((2, 2), (1, 4), (4, 1)))  # rows and columns of outputs, by kind
CLAMPED, KINDS = 1, 2  # kind = CLAMPED + KINDS * index of GROUPS


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
    """`groups` of outputs, row and column, of a band of rows; `taps`: the same of a gather, from a group's begin."""

    size: Pair
    groups: tuple[Pair, ...]
    taps: tuple[Pair, ...]
    band: int
    scratch: int

    @property
    def iterations(self) -> int:
        return iterations(len(self.groups), self.size)

    @property
    def vectors(self) -> int:
        return _vectors(self.iterations, self.size)


def form(layer: Layer, call: Call) -> list[Call]:
    """By groups of 2 and of 4 outputs, as far as conditions hold."""
    fields = upright(cropped(call.fields))
    rows, columns = (axis(fields, side) for side in "hw")
    laid = _laid(columns, integer(fields, "in_c"))
    if laid is None:
        return []
    shapes = []
    for kind, sizes in enumerate(GROUPS):
        found = [s for size in sizes if (s := _shape(fields, rows, columns, laid, size)) is not None]
        shapes += [(kind, min(found, key=lambda s: s.iterations))] if found else []
    if not shapes:
        return []
    folded = fold(fields, np.asarray(fields["weights"]).reshape(rows.kernel * columns.kernel, -1).T)
    line = once(fields, folded, FRACTION)
    ways = [(line[0], FILE_ONCE)] if line else []
    if np.all(folded.second) and in_halfwords(folded, integer(fields, "out_zero")):
        ways.append((folded, FILE))
    return [_call(fields, way, (rows, columns), laid, shape, kind) for way in ways for kind, shape in shapes]


def _laid(columns: Axis, channels: int) -> Plane | None:
    """None where the zero points behind a row are too few, or its pixels too far apart for one gather."""
    pads = max(columns.before, columns.after)
    full, rest = divmod(columns.size, VECTOR)
    if rest == 0 and pads == 0:
        full, rest = full - 1, VECTOR
    far = ((VECTOR if full else rest) - 1) * channels > LARGEST_LANE
    return None if far or pads > VECTOR - rest else Plane(full, rest, int(columns.before > 0))


def _shape(fields: Mapping[str, Value], rows: Axis, columns: Axis, laid: Plane, size: Pair) -> Shape | None:
    """None where a group's taps are too many or too far apart, or where offsets do not fit."""
    taps = tuple(product(rows.all_taps(size[0]), columns.all_taps(size[1])))
    if len(taps) > VECTOR or taps[-1][0] * laid.pitch + taps[-1][1] > LARGEST_LANE:
        return None
    if size[0] > rows.outputs or size[1] > columns.outputs:
        return None
    pixel = integer(fields, "in_c") * integer(fields, "depth_multiplier")

    def scratch(band: int) -> int:
        many = -(-band // size[0]) * -(-columns.outputs // size[1])
        return VECTOR * _vectors(iterations(many, size), size) + laid.bytes(
            max(rows.reach(band), (band - 1) * rows.stride + taps[-1][0] + 1)
        )

    band = band_of(rows, columns, pixel, size[0], scratch)
    if band is None:
        return None
    return Shape(size, groups(size, band, columns.outputs), taps, band, scratch(band))


def _vectors(iterations: int, size: tuple[int, int]) -> int:
    """Of addresses."""
    return -(-iterations * OUTPUTS // (size[0] * size[1] * WINDOWS))


def _call(
    fields: Mapping[str, Value], way: tuple[Folded, str], axes: tuple[Axis, Axis], laid: Plane, shape: Shape, kind: int
) -> Call:
    (rows, columns), (found, kernel) = axes, way
    channels, multiplier, out_c = integer(fields, "in_c"), integer(fields, "depth_multiplier"), len(found.bias)
    clamped = (fields["low"], fields["high"]) != (-128, 127)
    taps = np.array([row * laid.pitch + column for row, column in shape.taps])
    pixels = np.arange(VECTOR)
    near = np.concatenate([np.clip(pixels, 0, max(laid.rest - 1, 0)), pixels * (laid.full > 0)]) * channels
    return Call(
        kernel,
        {
            "windows": _windows(axes, laid, shape),
            "vectors": shape.vectors, "iterations": shape.iterations, "kind": clamped * CLAMPED + kind * KINDS,
            "places": (places(shape.groups, shape.size, columns.outputs) * out_c).astype(np.uint16),
            "out_zero": fields["out_zero"],
            "lanes": (1 << laid.rest) - 1, "taps": tuple(int(t) for t in np.resize(taps, VECTOR)),
            "full": laid.full, "pitch": columns.size * channels, "depth_multiplier": multiplier, "channels": channels,
            "filters": filters(found, _taps(found, axes, shape)),
            "bands": _bands(fields, axes, laid, shape.band, out_c),
            "rest": laid.rest, "step": VECTOR * channels,
            "limits": tuple(integer(fields, name) for name in ("low", "high") for _ in range(OUTPUTS)),
            "columns": tuple(int(at) for at in near), "zeros": (integer(fields, "in_zero"),) * VECTOR,
        },
        scratch=shape.scratch,
        in_place=in_place(fields, rows, columns, shape.band),
    )  # fmt: skip


def _windows(axes: tuple[Axis, Axis], laid: Plane, shape: Shape) -> NDArray[np.uint16]:
    """(vectors, 4): where the windows of groups begin in scratch; those that there are not, where the last does."""
    rows, columns = axes
    plane = VECTOR * (shape.vectors + laid.front)
    at = [plane + r * rows.stride * laid.pitch + c * columns.stride - columns.before for r, c in shape.groups]
    return np.array([at[min(i, len(at) - 1)] for i in range(shape.vectors * WINDOWS)], np.uint16)


def _taps(found: Folded, axes: tuple[Axis, Axis], shape: Shape) -> NDArray[np.int8]:
    """Of every output channel the taps at each output of a group."""
    rows, columns = axes
    lanes = {tap: lane for lane, tap in enumerate(shape.taps)}
    outputs = list(product(*(range(n) for n in shape.size)))
    wide = np.zeros((len(found.bias), len(outputs), VECTOR), np.int8)
    for i, (down, right) in enumerate(outputs):
        for j, tap in enumerate(product(rows.taps(down), columns.taps(right))):
            wide[:, i, lanes[tap]] = found.weights[:, j]
    return wide


def _bands(
    fields: Mapping[str, Value], axes: tuple[Axis, Axis], laid: Plane, band: int, out_c: int
) -> NDArray[np.int32]:
    rows, columns = axes
    channels, table = integer(fields, "in_c"), []
    pitch = columns.size * channels
    for sample in range(integer(fields, "batches")):
        for start, (first, last) in zip(rows.starts(band), rows.spans(band), strict=True):
            inside = range(max(first, 0), min(last, rows.size))
            above, below = inside.start - first, last - inside.stop
            table.append([
                1, (sample * rows.size + inside.start) * pitch + channels, laid.front + above * (laid.full + 1),
                len(inside), len(inside) * laid.pitch, below * (laid.full + 1),
                (sample * rows.outputs + start) * columns.outputs * out_c,
            ])  # fmt: skip
    table[-1][0] = 0
    return np.array(table, np.int32).reshape(-1)
