"""2-D average pooling.

The integer rule is the sum over the window divided by the number of its values inside the image, rounded to nearest,
ties away from zero. The zero point needs no care: input and output have the same quantization.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetic import activation_range
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.requantize import require_same_quantization
from edgekit.reference.simulator import Array, Kernel
from edgekit.reference.windows import pad_for, windows


def prepare_integer(
    op: AveragePool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "input"), outputs[0]
    require_same_quantization(x, output)
    low, high = activation_range(op.activation, float(output.scale), output.zero_point, output.dtype)
    total, count = _total(op, output.shape), _count(op, x.shape, output.shape)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        acc = total(np.asarray(arrays[0]).astype(np.int32))
        mean = np.sign(acc) * ((np.abs(acc) + count // 2) // count)
        return [np.clip(mean, low, high).astype(output.dtype)]

    return kernel


def prepare_float(op: AveragePool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    total, count = _total(op, outputs[0].shape), _count(op, present(inputs[0], "input").shape, outputs[0].shape)
    counts = count.astype(np.float32)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [clamp_float(total(np.asarray(arrays[0])) / counts, op.activation)]

    return kernel


def _total(op: AveragePool2D, out: tuple[int, ...]) -> Callable[[Array], Array]:
    """Sums over the windows; padding counts as 0."""
    size = (out[1], out[2])

    def total(x: Array) -> Array:
        view = windows(pad_for(x, op.window, op.stride, (1, 1), size, 0), op.window, op.stride, (1, 1), size)
        acc = np.zeros((x.shape[0], *size, x.shape[3]), x.dtype)
        for i, j in np.ndindex(*op.window):
            acc += view[:, :, :, i, j]
        return acc

    return total


def _count(op: AveragePool2D, x: tuple[int, ...], out: tuple[int, ...]) -> Array:
    """How many values of each window lie inside the image: (1, Ho, Wo, 1)."""
    return _total(op, out)(np.ones((1, x[1], x[2], 1), np.int32))
