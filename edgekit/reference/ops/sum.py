"""Sum over axes: the sum of (x - zp) times s_in / s_out.

In the arithmetic `litert-reference` a sum whose input and output have the same quantization takes another road
(`wraps-when-quantization-is-equal`): the stored integers are added in int8, zero points included, and wrap around.
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
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Sum, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "input"), outputs[0]
    offset = x.zero_point * prod(x.shape[axis] for axis in op.axes)
    m, shift = quantize_multiplier(float(np.float64(x.scale) / np.float64(output.scale)))
    wraps = arithmetic.rule(op.name) == "wraps-when-quantization-is-equal" and x.quantization == output.quantization

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        total = np.asarray(arrays[0]).sum(axis=op.axes, keepdims=op.keep_dims, dtype=np.int64)
        if wraps:
            return [np.asarray(total.astype(output.dtype))]
        return [saturating_cast(multiply(wrap_int32(total - offset), m, shift), output.zero_point, output.dtype)]

    return kernel


def prepare_float(op: Sum, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        x = np.asarray(arrays[0])
        return [np.asarray(x.sum(axis=op.axes, keepdims=op.keep_dims, dtype=np.float32))]

    return kernel
