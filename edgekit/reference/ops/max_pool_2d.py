"""2-D maximum pooling: no arithmetic but the clamp; input and output have the same quantization."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.max_pool_2d import MaxPool2D
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetic import AWAY, EVEN_SUM, activation_range
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.requantize import require_same_quantization
from edgekit.reference.simulator import Array, Kernel
from edgekit.reference.windows import pad_for, windows


def prepare_integer(
    op: MaxPool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    output = outputs[0]
    require_same_quantization(present(inputs[0], "input"), output)
    low, high = clamp(op, output, arithmetic)
    largest = _largest(op, output.shape, np.iinfo(output.dtype).min)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [np.clip(largest(np.asarray(arrays[0])), low, high).astype(output.dtype)]

    return kernel


def clamp(op: MaxPool2D, output: Tensor, arithmetic: Arithmetic) -> tuple[int, int]:
    """The activation's range. XNNPACK leaves strides beyond the window to LiteRT."""
    left = arithmetic.bounds == EVEN_SUM and any(s > w for s, w in zip(op.stride, op.window, strict=True))
    ties = AWAY if left else arithmetic.bounds
    return activation_range(op.activation, float(output.scale), output.zero_point, output.dtype, ties)


def prepare_float(op: MaxPool2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    largest = _largest(op, outputs[0].shape, -np.inf)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [clamp_float(largest(np.asarray(arrays[0])), op.activation)]

    return kernel


def _largest(op: MaxPool2D, out: tuple[int, ...], lowest: float) -> Callable[[Array], Array]:
    size = (out[1], out[2])

    def largest(x: Array) -> Array:
        padded = pad_for(x, op.window, op.stride, (1, 1), size, lowest)
        view = windows(padded, op.window, op.stride, (1, 1), size)
        best = view[:, :, :, 0, 0].copy()
        for i, j in list(np.ndindex(*op.window))[1:]:
            np.maximum(best, view[:, :, :, i, j], out=best)
        return best

    return largest
