"""Quantize real values, or requantize integers: int8, uint8 and int16 in any direction.

Real values: round(x / scale) + zero_point, ties away from zero, the quotient in float32. The runtimes' result is
undefined (by the C++ standard) where |x / scale| reaches 2^31; here it saturates.
Integers: (q - zp_in) times scale in / scale out, double rounding, plus zp_out, saturated. Same in both reference
runtimes; XNNPACK keeps 8 fraction bits of the multiplier (`short-multiplier`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.quantize import Quantize
from edgekit.reference import tables
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import SHORT_MULTIPLIER, real_multiplier, short_multiplier, short_requantize
from edgekit.reference.requantize import requantizer, require_types
from edgekit.reference.simulator import Array, Kernel, quantize_array

INTEGERS = ("int8", "uint8", "int16")


def prepare_integer(
    op: Quantize, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    x, output = present(inputs[0], "the input"), outputs[0]
    require_types(INTEGERS, output)
    short = arithmetic.rule(op.name) == SHORT_MULTIPLIER
    if x.dtype == "float32" and short:
        return lambda arrays: [_by_reciprocal(np.asarray(arrays[0]), output)]
    if x.dtype == "float32":
        return lambda arrays: [quantize_array(np.asarray(arrays[0]), output)]
    require_types(INTEGERS, x)
    if short and {x.dtype, output.dtype} == {"int8", "uint8"}:
        raise ValueError("between int8 and uint8 LiteRT's optimized kernel has a rounding that is not predicted")
    if short and x.dtype == output.dtype != "int16":
        multiplier = short_multiplier(np.float32(x.scale) / np.float32(output.scale))
        return tables.unary(lambda values: short_requantize(values - x.zero_point, multiplier, output), x)
    rescale = requantizer(np.array([real_multiplier([x.scale], output.scale)]), output, "none", INTEGERS)
    return tables.unary(lambda values: rescale(values - x.zero_point), x)


def _by_reciprocal(x: Array, output: Tensor) -> Array:
    """rint(x * (1 / s)) + z in float32: XNNPACK's way."""
    info = np.iinfo(output.dtype)
    rounded = np.rint(x * (np.float32(1) / np.float32(output.scale))) + np.float32(output.zero_point)
    return np.asarray(np.clip(rounded, info.min, info.max), output.dtype)
