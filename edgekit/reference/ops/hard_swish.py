"""Hard swish in 16-bit fixed point.

x is shifted left by 7 bits. One product brings it to the output's scale, not yet shifted right; another, with
saturating shifts, brings x / 3 to Q0, from which (x + 3) / 6, saturated to [0, 1], follows by adding one and halving.
The product of the two is shifted right to the output. Multipliers are kept with 15 bits. That of the output, scale in /
(128 * scale out), is computed in float64; LiteRT computes it in float32 (`float32-multiplier`). For that of x / 3 the
two cannot differ: a quotient by 3 / 2^15 near a tie of 15 bits would need more bits than a scale has. Both runtimes
refuse an output multiplier of 1 or more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.hard_swish import HardSwish
from edgekit.reference import tables
from edgekit.reference.arithmetic import Ints, quantize_multiplier
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_unary, real_multiplier
from edgekit.reference.requantize import require_int8
from edgekit.reference.simulator import Array, Kernel

INT16_MIN, INT16_MAX = -(1 << 15), (1 << 15) - 1


def prepare_integer(
    op: HardSwish, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "the input"), outputs[0]
    require_int8(x, output)
    fine_scale = x.scale / np.float32(128)
    output_m, output_shift = _multiplier(real_multiplier([fine_scale], output.scale, arithmetic.rule(op.name)))
    unit_m, unit_shift = _multiplier(float(fine_scale / (np.float32(3) / np.float32(32768))))
    if output_shift > 0:
        raise ValueError(f"needs scale in / scale out below 128, found {x.scale / output.scale}")

    def function(values: Ints) -> Array:
        fine = (values - x.zero_point) << 7
        unit = fine
        if unit_shift > 0:
            unit = _saturate(unit << (unit_shift - 1))
        unit = _high_mul(unit, unit_m)
        if unit_shift > 0:
            unit = _saturate(unit << 1)
        if unit_shift < 0:
            unit = _divide(unit, -unit_shift)
        unit = (unit + (1 << 15)) >> 1
        product = unit * _high_mul(fine, output_m)
        truncated = np.sign(product) * (np.abs(product) >> 15)
        result = (_divide(truncated, -output_shift) + output.zero_point).astype(np.int16)
        return np.clip(result, -128, 127).astype(np.int8)

    return tables.unary(function, x)


def _multiplier(real: float) -> tuple[int, int]:
    """Mantissa in Q15 and shift."""
    m, shift = quantize_multiplier(real)
    return min((m + (1 << 15)) >> 16, INT16_MAX), shift


def _saturate(x: Ints) -> Ints:
    return np.asarray(np.clip(x, INT16_MIN, INT16_MAX))


def _high_mul(a: Ints, m: int) -> Ints:
    """floor((a * m + 2^14) / 2^15); m is positive, so it never leaves 16 bits."""
    return (a * m + (1 << 14)) >> 15


def _divide(x: Ints, n: int) -> Ints:
    """x / 2^n, ties away from zero. From n = 16 on the runtimes' 16-bit mask is all ones: 1 or -1 remains, never 0."""
    if n > 15:
        return np.where(x >= 0, 1, -1)
    return (x + ((1 << n) >> 1) - ((x < 0) & (n > 0))) >> n


def prepare_float(op: HardSwish, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_unary(lambda x: x * np.clip(x + np.float32(3), 0, 6) / np.float32(6))
