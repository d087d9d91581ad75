"""Bilinear resizing: places and weights in 10 fractional bits for integers, in float32 for floats.

An output pixel y lies at p = y * s of the input, in 1024ths, where s = round(1024 * H / H') is the scale. Its value is
the mean of pixels floor(p) and ceil(p), weighted with 1024 - f and f where f = p - 1024 * floor(p); in both directions,
that makes 20 fractional bits, rounded once, to nearest with ties away from zero. Quantization plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.resize_bilinear import ResizeBilinear
from edgekit.reference.arithmetic import divide_by_power_of_two
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import check_types
from edgekit.reference.simulator import Array, Kernel

ONE = 1 << 10
Line = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]
"""Per output pixel: the two input pixels and the weight of the second, out of ONE or of 1.0."""


def prepare_integer(
    op: ResizeBilinear, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    dtype = check_types(inputs, outputs)
    x = present(inputs[0], "input").shape
    if arithmetic.rule(op.name) == "11-bit-weights":
        return _eleven_bits(op, x, dtype)
    rows, columns = (_line_integer(op, x[1 + i], op.size[i]) for i in range(2))

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        total = _blend(np.asarray(arrays[0]).astype(np.int64), rows, columns, ONE)
        return [divide_by_power_of_two(total, 20).astype(dtype)]

    return kernel


def prepare_float(op: ResizeBilinear, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    check_types(inputs, outputs)
    x = present(inputs[0], "input").shape
    rows, columns = (_line_float(op, x[1 + i], op.size[i]) for i in range(2))
    return lambda arrays: [_blend(np.asarray(arrays[0]), rows, columns, 1)]


def _eleven_bits(op: ResizeBilinear, x: tuple[int, ...], dtype: str) -> Kernel:
    """XNNPACK: places in float32 as for floats, clamped to the image, weights of 11 fractional bits (ties to even); 22
    bits in both directions, rounded once, ties up. Source: google/XNNPACK, s8-ibilinear."""
    rows, columns = (_line_eleven(op, x[1 + i], op.size[i]) for i in range(2))

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        total = _blend(np.asarray(arrays[0]).astype(np.int64), rows, columns, 1 << 11)
        return [((total + (1 << 21)) >> 22).astype(dtype)]

    return kernel


def _line_eleven(op: ResizeBilinear, size: int, wanted: int) -> Line:
    place = np.clip(_places_float(op, size, wanted), np.float32(0), np.float32(size - 1))
    first = place.astype(np.int64)
    weight = np.rint((place - first.astype(np.float32)) * np.float32(1 << 11)).astype(np.int64)
    return first, np.minimum(first + 1, size - 1), weight


def _blend(x: Array, rows: Line, columns: Line, one: int) -> Array:
    """Weighted sums over both directions of x (N, H, W, C), not yet divided by one * one."""
    top, bottom, f = rows
    left, right, g = columns
    f, g = f[:, None, None], g[:, None]
    upper, lower = x[:, top], x[:, bottom]
    tall = upper * (one - f) + lower * f
    blended: Array = tall[:, :, left] * (one - g) + tall[:, :, right] * g
    return blended


def places(op: ResizeBilinear, size: int, wanted: int) -> tuple[int, int]:
    """(s, t): output pixel i lies at i * s + t of the input, in 1024ths."""
    spans, steps = (size - 1, wanted - 1) if op.align_corners and wanted > 1 else (size, wanted)
    scale = (ONE * spans + steps // 2) // steps
    return scale, scale // 2 - ONE // 2 if op.half_pixel_centers else 0


def _line_integer(op: ResizeBilinear, size: int, wanted: int) -> Line:
    scale, offset = places(op, size, wanted)
    place = np.arange(wanted, dtype=np.int64) * scale + offset
    first = np.maximum(place // ONE, 0)
    if first.max() >= size:
        raise ValueError(f"the 10-bit arithmetic would read beyond the input when {size} pixels become {wanted}")
    second = np.minimum(np.maximum(-(-place // ONE), 0), size - 1)
    return first, second, place - ONE * first


def _places_float(op: ResizeBilinear, size: int, wanted: int) -> NDArray[np.float32]:
    spans, steps = (size - 1, wanted - 1) if op.align_corners and wanted > 1 else (size, wanted)
    scale = np.float32(spans) / np.float32(steps)
    place = np.arange(wanted, dtype=np.float32)
    return (place + np.float32(0.5)) * scale - np.float32(0.5) if op.half_pixel_centers else place * scale


def _line_float(op: ResizeBilinear, size: int, wanted: int) -> Line:
    place = _places_float(op, size, wanted)
    first = np.clip(np.floor(place).astype(np.int64), 0, size - 1)
    second = np.clip(np.ceil(place).astype(np.int64), 0, size - 1)
    return first, second, place - first.astype(np.float32)
