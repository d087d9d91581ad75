"""What ONNX Runtime makes of an addition or product between quantized tensors: QLinearAdd and QLinearMul (`qlinear`).

The zero point of the output is added before the rounding, which is to nearest, ties to even; all in float32. With
r = s / s_out of each input: add is rint(a * r_a + (b * r_b + f)), f = z_out - (r_a * z_a + r_b * z_b), each product
and sum fused (rounded once); mul is
rint((a - z_a) * (b - z_b) * (s_a * s_b / s_out) + z_out). A fused activation that narrows the integers' range keeps
ONNX Runtime from fusing, and the operator goes through float instead. Found by comparison, ties included.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Operator, Tensor
from edgekit.graph.operator import present
from edgekit.reference.arithmetic import INT32_MAX, activation_range
from edgekit.reference.simulator import Array, Kernel

OPERATORS = ("add", "mul")


def fused(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
    """Whether ONNX Runtime makes the operator one of its own."""
    y = outputs[0]
    if op.name not in OPERATORS or any(t is None or t.quantization is None for t in (*inputs, y)):
        return False
    info = np.iinfo(y.dtype)
    clamp = activation_range(getattr(op, "activation", "none"), float(y.scale), y.zero_point, y.dtype)
    return clamp == (info.min, info.max)


def prepare(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The kernel of `add` or `mul`. Raises ValueError: a product may leave int32, its conversion is the processor's."""
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


def _fused(x: Array, factor: np.float32, plus: Array | np.float32) -> Array:
    """A fused multiply-add: exact in float64 for 8-bit x, then rounded to float32."""
    return np.asarray((x.astype(np.float64) * np.float64(factor) + plus).astype(np.float32))
