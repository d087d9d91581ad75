"""RESIZE_NEAREST_NEIGHBOR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.frontend.tflite import codec
from edgekit.frontend.tflite.codec import Decoded, Encoded
from edgekit.graph import ShapeError, Tensor
from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor

BUILTIN = "RESIZE_NEAREST_NEIGHBOR"
OPTIONS = "ResizeNearestNeighborOptions"


def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
    size = codec.integers(inputs[1], "the new size")
    if len(size) != 2:
        raise ShapeError(f"the new size is a height and a width, found {size}")
    return Decoded(
        ResizeNearestNeighbor((size[0], size[1]), bool(options.AlignCorners()), bool(options.HalfPixelCenters())), [0]
    )


def write(op: ResizeNearestNeighbor, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
    options = {"alignCorners": op.align_corners, "halfPixelCenters": op.half_pixel_centers}
    return Encoded(options, [0, codec.int32(op.size)])


def version(op: ResizeNearestNeighbor, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    if codec.is_int16(inputs):
        return 4
    if op.half_pixel_centers or op.align_corners:
        return 3
    return 2 if codec.is_int8(inputs[:1]) else 1
