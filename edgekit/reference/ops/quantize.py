"""Quantize real values, or requantize integers: int8, uint8 and int16 in any direction.

Real values: round(x / scale) + zero_point, ties away from zero, the quotient in float32. The runtimes' result is
undefined (by the C++ standard) where |x / scale| reaches 2^31; here it saturates.
Integers: (q - zp_in) times scale in / scale out, double rounding, plus zp_out, saturated. Same in both runtimes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.quantize import Quantize
from edgekit.reference import tables
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import real_multiplier
from edgekit.reference.requantize import requantizer, require_types
from edgekit.reference.simulator import Kernel, quantize_array

INTEGERS = ("int8", "uint8", "int16")


def prepare_integer(
    op: Quantize, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "the input"), outputs[0]
    require_types(INTEGERS, output)
    if x.dtype == "float32":
        return lambda arrays: [quantize_array(np.asarray(arrays[0]), output)]
    require_types(INTEGERS, x)
    rescale = requantizer(np.array([real_multiplier([x.scale], output.scale)]), output, "none", INTEGERS)
    return tables.unary(lambda values: rescale(values - x.zero_point), x)
