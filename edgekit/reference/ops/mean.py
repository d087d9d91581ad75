"""Mean over axes.

The sum of (x - zp) over the n values is multiplied by s_in / s_out with 1/n put into the multiplier: with k the largest
power of two in n (but no more than the shift allows), m becomes floor(m * 2^k / n) and the shift e - k.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.mean import Mean
from edgekit.reference.arithmetic import multiply, quantize_multiplier, saturating_cast, wrap_int32
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.float_rounding import FLOAT32, float_reduction
from edgekit.reference.requantize import require_alike
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Mean, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "input"), outputs[0]
    require_alike(x, output)
    count = prod(x.shape[axis] for axis in op.axes)
    if arithmetic.rule(op.name) == FLOAT32:
        return float_reduction(x, output, op.axes, op.keep_dims, count)
    m, shift = mean_multiplier(x, output, op.axes)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        total = np.asarray(arrays[0]).sum(axis=op.axes, keepdims=op.keep_dims, dtype=np.int64)
        scaled = multiply(wrap_int32(total - x.zero_point * count), m, shift)
        return [saturating_cast(scaled, output.zero_point, output.dtype)]

    return kernel


def mean_multiplier(x: Tensor, output: Tensor, axes: Sequence[int]) -> tuple[int, int]:
    """Mantissa and shift of s_in / s_out / n."""
    count = prod(x.shape[axis] for axis in axes)
    m, shift = quantize_multiplier(float(np.float64(x.scale) / np.float64(output.scale)))
    k = min(count.bit_length() - 1, 32, 31 + shift)
    return (m << k) // count, shift - k


def prepare_float(op: Mean, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        x = np.asarray(arrays[0])
        return [np.asarray(x.mean(axis=op.axes, keepdims=op.keep_dims, dtype=np.float32))]

    return kernel
