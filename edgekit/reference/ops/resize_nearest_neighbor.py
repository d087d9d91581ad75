"""Nearest-neighbour resizing: which pixel is copied is decided in float32, as the runtimes do.

ONNX Runtime's places are others: `onnx_places`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.resize_nearest_neighbor import ResizeNearestNeighbor
from edgekit.reference import onnx_places
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.move import mover
from edgekit.reference.simulator import Kernel

Choose = Callable[[ResizeNearestNeighbor, int, int], NDArray[np.int64]]


def prepare_integer(
    op: ResizeNearestNeighbor, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    choose = onnx_places.nearest if arithmetic.rule(op.name) == onnx_places.ONNX_PLACES else nearest
    return _prepare(op, inputs, outputs, choose)


def prepare_float(op: ResizeNearestNeighbor, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return _prepare(op, inputs, outputs, nearest)


def _prepare(
    op: ResizeNearestNeighbor, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], choose: Choose
) -> Kernel:
    x = present(inputs[0], "input").shape
    rows, columns = (choose(op, x[1 + i], op.size[i]) for i in range(2))
    return mover(lambda a: a[:, rows][:, :, columns], inputs, outputs)


def nearest(op: ResizeNearestNeighbor, size: int, wanted: int) -> NDArray[np.int64]:
    """Index of the pixel that each of `wanted` pixels copies."""
    aligned = op.align_corners and wanted > 1
    scale = np.float32(size - 1) / np.float32(wanted - 1) if aligned else np.float32(size) / np.float32(wanted)
    offset = np.float32(0.5 if op.half_pixel_centers else 0.0)
    place = (np.arange(wanted, dtype=np.float32) + offset) * scale
    whole = np.floor(place)
    if op.align_corners:
        whole += place - whole >= 0.5  # to nearest, ties up
    index: NDArray[np.int64] = np.minimum(whole.astype(np.int64), size - 1)
    return index
