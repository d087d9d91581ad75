"""Sum over axes: the sum of (x - zp) times s_in / s_out.

In the arithmetic `litert-reference` the kernel takes int8 tensors for uint8 ones (`bytes-as-unsigned`,
found in ai-edge-litert 2.3.0): a stored -1 counts as 255, the zero points stay what they are, the result is clamped to
0..255 and its byte stored. Sums over values that are not negative agree as long as the result is not negative either.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.sum import Sum
from edgekit.reference.arithmetic import multiply, quantize_multiplier, saturating_cast, wrap_int32
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.float_rounding import FLOAT32, float_reduction
from edgekit.reference.requantize import require_alike
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Sum, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "input"), outputs[0]
    require_alike(x, output)
    if arithmetic.rule(op.name) == FLOAT32:
        return float_reduction(x, output, op.axes, op.keep_dims)
    offset = x.zero_point * prod(x.shape[axis] for axis in op.axes)
    m, shift = quantize_multiplier(float(np.float64(x.scale) / np.float64(output.scale)))
    unsigned = arithmetic.rule(op.name) == "bytes-as-unsigned" and output.dtype == "int8"
    stored = "uint8" if unsigned else output.dtype

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        values = np.asarray(arrays[0]).view(stored)
        total = values.sum(axis=op.axes, keepdims=op.keep_dims, dtype=np.int64)
        scaled = multiply(wrap_int32(total - offset), m, shift)
        return [saturating_cast(scaled, output.zero_point, stored).view(output.dtype)]

    return kernel


def prepare_float(op: Sum, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        x = np.asarray(arrays[0])
        return [np.asarray(x.sum(axis=op.axes, keepdims=op.keep_dims, dtype=np.float32))]

    return kernel
