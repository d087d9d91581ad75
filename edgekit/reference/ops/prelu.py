"""Leaky rectifier with slopes as a tensor.

Values from the zero point up are multiplied by scale in / scale out, those below by (alpha - zp) and scale in *
scale alpha / scale out; LiteRT computes both in float32 (`float32-multiplier`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.ops.prelu import Prelu
from edgekit.reference import tables
from edgekit.reference.arithmetic import Ints
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import float_binary, pair, real_multiplier
from edgekit.reference.requantize import requantizer, require_int8
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: Prelu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    (x, alpha), output = pair(inputs), outputs[0]
    require_int8(x, alpha, output)
    rule = arithmetic.rule("prelu")
    positive = requantizer(np.array([real_multiplier([x.scale], output.scale, rule)]), output, "none")
    negative = requantizer(np.array([real_multiplier([x.scale, alpha.scale], output.scale, rule)]), output, "none")

    def function(values: Ints, slopes: Ints) -> Array:
        centered = values - x.zero_point
        return np.where(centered >= 0, positive(centered), negative(centered * (slopes - alpha.zero_point)))

    return tables.binary(function, x, alpha)


def prepare_float(op: Prelu, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    return float_binary(lambda x, alpha: np.where(x >= 0, x, x * alpha))
