"""Leaky rectifier: one multiplier for values from the zero point up, another below.

The multipliers are scale in / scale out and scale in * alpha / scale out, computed in float32 by LiteRT
(`float32-multiplier`). A negative alpha's sign is applied after the multiplication by its magnitude; LiteRT's optimized
int16 kernel multiplies by the negative integer (`signed-multiplier`), which rounds the other half of the ties up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.leaky_relu import LeakyRelu
from edgekit.reference import tables
from edgekit.reference.arithmetic import Ints, multiply, quantize_multiplier, saturating_cast
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import (
    FLOAT32_MULTIPLIER,
    SHORT_MULTIPLIER,
    SIGNED_MULTIPLIER,
    fits_short_multiplier,
    float_unary,
    real_multiplier,
    short_multiplier,
    short_requantize,
)
from edgekit.reference.requantize import require_alike
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: LeakyRelu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "the input"), outputs[0]
    require_alike(x, output)
    alpha = np.float32(op.alpha)
    rule = arithmetic.rule(op.name)
    signed = rule == SIGNED_MULTIPLIER
    if rule in (SHORT_MULTIPLIER, SIGNED_MULTIPLIER):  # XNNPACK leaves what is not short to LiteRT
        rule = FLOAT32_MULTIPLIER
    identity = quantize_multiplier(real_multiplier([x.scale], output.scale, rule))
    slope, shift = quantize_multiplier(real_multiplier([x.scale, abs(alpha)], output.scale, rule))
    sign = -1 if alpha < 0 else 1
    before, after = (sign, 1) if signed else (1, sign)
    ratio = np.float32(x.scale) / np.float32(output.scale)
    short_rule = arithmetic.rule(op.name) == SHORT_MULTIPLIER
    if short_rule and fits_short_multiplier(ratio) and fits_short_multiplier(ratio * alpha):
        up, down = short_multiplier(ratio), short_multiplier(ratio * alpha)

        def short(values: Ints) -> Array:
            centered = values - x.zero_point
            return short_requantize(centered, np.where(centered > 0, up, down), output)

        return tables.unary(short, x)

    def function(values: Ints) -> Array:
        centered = values - x.zero_point
        below = after * multiply(centered, before * slope, shift)
        result = np.where(centered >= 0, multiply(centered, *identity), below)
        return saturating_cast(result, output.zero_point, output.dtype)  # type: ignore[no-any-return]

    return tables.unary(function, x)


def prepare_float(op: LeakyRelu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_unary(lambda x: np.where(x > 0, x, x * np.float32(op.alpha)))
