"""Softmax over the last axis, in fixed point.

The difference d = x - max(row) is rescaled to Q5 with the multiplier beta * scale * 2^26, exp is taken in Q0, summed in
Q12 and inverted; what lies below -31 is 0. The output's scale is 1/256 with zero point -128 (int8), or 1/65536 with
-32768 (int16). Same in TensorFlow Lite Micro and in LiteRT's reference kernels, but for one thing: both abort the
process when the exponentials of an int8 row sum to 512 or more (almost uniform rows of over 511 values); here every
output of such a row is the value of zero, -128. Sums from 4,096 on (int16) leave the int32 and wrap, here too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.softmax import Softmax
from edgekit.reference.arithmetic import Ints, divide_by_power_of_two, high_mul
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.fixedpoint import EXP_INTEGER_BITS, exp_on_negative_values, input_multiplier, reciprocal
from edgekit.reference.requantize import require_int8, require_types
from edgekit.reference.simulator import Array, Kernel
from edgekit.reference.wide_tables import wide_softmax

SUM_INTEGER_BITS = 12


def prepare_integer(
    op: Softmax, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "input"), outputs[0]
    if x.dtype == "int16":
        return wide_softmax(op.beta, x, output, arithmetic.rule(op.name))
    require_int8(x)
    require_types(("int8", "int16"), output)
    info = np.iinfo(output.dtype)
    if (float(output.scale), output.zero_point) != (2.0**-info.bits, info.min):
        raise ValueError(
            f"needs the output scale 2^-{info.bits} and zero point {info.min}, found {output.quantization}"
        )
    if arithmetic.rule(op.name) == "float-table":
        return _float_table(op, x, output)
    table = exponentials(op.beta * float(x.scale))
    bits = info.bits

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        given = np.asarray(arrays[0]).astype(np.int64)
        row_max = given.max(axis=-1, keepdims=True)
        exps = table[row_max - given]
        total = divide_by_power_of_two(exps, SUM_INTEGER_BITS).sum(axis=-1, keepdims=True)
        scale, over = reciprocal(total, SUM_INTEGER_BITS)
        result = divide_by_power_of_two(high_mul(exps, scale), over + 31 - bits)
        return [np.clip(result + info.min, info.min, info.max).astype(output.dtype)]

    return kernel


def _float_table(op: Softmax, x: Tensor, output: Tensor) -> Kernel:
    """exp(-beta * s_in * d) in float32 for d = 0..255, summed from left to right, rounded half up."""
    info = np.iinfo(output.dtype)
    distance = -(np.float32(x.scale) * np.float32(op.beta)) * np.arange(256, dtype=np.float32)
    table = np.exp(distance.astype(np.float64)).astype(np.float32)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        given = np.asarray(arrays[0]).astype(np.int64)
        exps = table[given.max(axis=-1, keepdims=True) - given]
        total = np.add.accumulate(exps, axis=-1)[..., -1:]
        real = exps * (np.float32(1) / (total * np.float32(output.scale)))
        rounded = np.floor(real + np.float32(0.5)) + info.min
        return [np.clip(rounded, info.min, info.max).astype(output.dtype)]

    return kernel


def exponentials(scale: float) -> Ints:
    """exp(-d * scale) in Q0 for d = 0..255, by the fixed-point steps."""
    if scale * (1 << (31 - EXP_INTEGER_BITS)) <= 1.0:
        raise ValueError(f"softmax needs beta * scale above 2^-26, found {scale}")
    m, shift, radius = input_multiplier(scale, EXP_INTEGER_BITS)
    distance = np.arange(256, dtype=np.int64)
    kept = distance <= radius
    rescaled = high_mul(-np.where(kept, distance, 0) << shift, m)
    return np.where(kept, exp_on_negative_values(rescaled), 0)


def prepare_float(op: Softmax, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        x = np.asarray(arrays[0])
        exps = np.exp((x - x.max(axis=-1, keepdims=True)) * np.float32(op.beta))
        return [exps / exps.sum(axis=-1, keepdims=True)]

    return kernel
