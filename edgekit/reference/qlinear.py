"""What ONNX Runtime makes of additions, products and average pools between quantized tensors: QLinearAdd, QLinearMul
and QLinearAveragePool (`qlinear`).

The zero point of the output is added before the rounding, which is to nearest, ties to even; all in float32. With
r = s / s_out of each input: add is rint(a * r_a + (b * r_b + f)), f = z_out - (r_a * z_a + r_b * z_b), each product
and sum fused (rounded once); mul is
rint((a - z_a) * (b - z_b) * (s_a * s_b / s_out) + z_out). An average pool sums s * (q - z) row by row, divides by how
many values lie inside the image, and is rint(mean / s_out + z_out): the order is that of the runtime's source,
onnxruntime/contrib_ops/cpu/quantization/qlinear_pool.cc. One whose window is the image sums integers instead, and is
rint(sum(q - z) * (s / (s_out * n))) + z_out. A fused activation that narrows the integers' range keeps ONNX Runtime
from fusing, and the operator goes through float instead. Found by comparison, ties included.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Operator, Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.average_pool_2d import AveragePool2D
from edgekit.reference.arithmetic import EVEN, INT32_MAX, activation_range
from edgekit.reference.ops import average_pool_2d
from edgekit.reference.simulator import Array, Kernel, dequantize_array

OPERATORS = ("add", "mul", "average_pool_2d")


def fused(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
    """Whether ONNX Runtime makes the operator one of its own."""
    y = outputs[0]
    if op.name not in OPERATORS or any(t is None or t.quantization is None for t in (*inputs, y)):
        return False
    info = np.iinfo(y.dtype)
    clamp = activation_range(getattr(op, "activation", "none"), float(y.scale), y.zero_point, y.dtype, EVEN)
    return clamp == (info.min, info.max)


def prepare(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The kernel of a fused operator.

    Raises:
        ValueError: a product may leave int32, and its conversion is the processor's.
    """
    if isinstance(op, AveragePool2D):
        return _pool(op, inputs, outputs[0])
    a, b, y = present(inputs[0], "input"), present(inputs[1], "input"), outputs[0]
    info, out = np.iinfo(y.dtype), np.float32(y.zero_point)
    zeros = np.float32(a.zero_point), np.float32(b.zero_point)
    product = np.float32(a.scale) * np.float32(b.scale) / np.float32(y.scale)
    if op.name == "mul" and float(product) * 255**2 >= INT32_MAX:
        raise ValueError("a product may leave int32: the result then depends on the processor")
    ratios = np.float32(a.scale) / np.float32(y.scale), np.float32(b.scale) / np.float32(y.scale)
    fixed = out - (ratios[0] * zeros[0] + ratios[1] * zeros[1])

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        p, q = (np.asarray(array).astype(np.float32) for array in arrays)
        if op.name == "add":
            real = _fused(p, ratios[0], _fused(q, ratios[1], fixed))
        else:
            real = (p - zeros[0]) * (q - zeros[1]) * product + out
        return [np.asarray(np.clip(np.rint(real), info.min, info.max), y.dtype)]

    return kernel


def _pool(op: AveragePool2D, inputs: Sequence[Tensor | None], y: Tensor) -> Kernel:
    x, info = present(inputs[0], "input"), np.iinfo(y.dtype)
    out = np.float32(y.zero_point)
    if op.window == x.shape[1:3] and y.shape[1:3] == (1, 1):
        factor = np.float32(x.scale) / (np.float32(y.scale) * np.float32(op.window[0] * op.window[1]))

        def whole(arrays: Sequence[Array | None]) -> list[Array]:
            total = (np.asarray(arrays[0]).astype(np.int32) - x.zero_point).sum(axis=(1, 2), keepdims=True)
            steps = np.rint(total.astype(np.float32) * factor) + out
            return [np.asarray(np.clip(steps, info.min, info.max), y.dtype)]

        return whole
    mean = average_pool_2d.prepare_float(op, [x], [y])

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        (real,) = mean([dequantize_array(np.asarray(arrays[0]), x)])
        steps = np.rint(real / np.float32(y.scale) + out)
        return [np.asarray(np.clip(steps, info.min, info.max), y.dtype)]

    return kernel


def _fused(x: Array, factor: np.float32, plus: Array | np.float32) -> Array:
    """A fused multiply-add: exact in float64 for 8-bit x, then rounded to float32."""
    return np.asarray((x.astype(np.float64) * np.float64(factor) + plus).astype(np.float32))
