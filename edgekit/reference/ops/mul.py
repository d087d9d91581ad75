"""Multiplication: (a - zp_a) * (b - zp_b), requantized.

The multiplier is scale a * scale b / scale out; LiteRT computes it in float32 (`float32-multiplier`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.mul import Mul
from edgekit.reference import tables
from edgekit.reference.arithmetic import Ints
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_binary, pair, real_multiplier
from edgekit.reference.float_rounding import FLOAT32, float_requantizer
from edgekit.reference.requantize import EITHER, requantizer, require_alike
from edgekit.reference.simulator import Array, Kernel

LARGEST_PRODUCT = 255 * 255


def prepare_integer(
    op: Mul, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    (a, b), output = pair(inputs), outputs[0]
    require_alike(output, a, b)
    rule = arithmetic.rule("mul")
    if rule == FLOAT32:
        scale = np.float32(a.scale) * np.float32(b.scale) / np.float32(output.scale)
        limit = np.array([LARGEST_PRODUCT])
        rescale = float_requantizer(np.array([scale]), output, op.activation, limit, arithmetic.bounds)
    else:
        real = real_multiplier([a.scale, b.scale], output.scale, rule)
        rescale = requantizer(np.array([real]), output, op.activation, EITHER)

    def function(first: Ints, second: Ints) -> Array:
        return rescale((first - a.zero_point) * (second - b.zero_point))

    return tables.binary(function, a, b)


def prepare_float(op: Mul, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_binary(np.multiply, op.activation)
