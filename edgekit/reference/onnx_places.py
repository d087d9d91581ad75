"""Where ONNX Runtime's Resize takes the nearest pixel from (`onnx-places`).

It divides by the ratio of sizes in float32 where TensorFlow Lite multiplies by its inverse: the two round apart where a
place is, or all but is, between two pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor

ONNX_PLACES = "onnx-places"
TOLERANCE = 1e-6  # below a half: taken for a tie by release 1.31, rounded down by older ones


def places(op: ResizeNearestNeighbor, size: int, wanted: int) -> NDArray[np.float32]:
    """The place in the input, in pixels, of each of `wanted` outputs."""
    index = np.arange(wanted, dtype=np.float32)
    if op.align_corners:
        return index * np.float32(size - 1) / np.float32(max(wanted - 1, 1))
    ratio, half = np.float32(wanted) / np.float32(size), np.float32(0.5)
    return (index + half) / ratio - half if op.half_pixel_centers else index / ratio


def nearest(op: ResizeNearestNeighbor, size: int, wanted: int) -> NDArray[np.int64]:
    """Index of the pixel that each of `wanted` pixels copies."""
    place = places(op, size, wanted)
    whole = np.floor(place)
    if op.align_corners or op.half_pixel_centers:
        whole += place - whole >= 0.5  # to nearest, ties up
    return np.clip(whole.astype(np.int64), 0, size - 1)


def depends_on_release(op: ResizeNearestNeighbor, size: int, wanted: int) -> bool:
    """Whether a tie came out a little below a half."""
    if not (op.align_corners or op.half_pixel_centers):
        return False  # rounded down
    place = places(op, size, wanted).astype(np.float64)
    below = np.floor(place) + 0.5 - place
    return bool(((below > 0) & (below <= TOLERANCE)).any())
