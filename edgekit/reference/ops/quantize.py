"""Quantize real values, or requantize integers: int8, uint8 and int16 in any direction.

Real values: round(x / scale) + zero_point, ties away from zero, the quotient in float32. The runtimes' result is
undefined (by the C++ standard) where |x / scale| reaches 2^31; here it saturates.
Integers: (q - zp_in) times scale in / scale out, double rounding, plus zp_out, saturated. Same in both reference
runtimes; XNNPACK keeps 8 fraction bits of the multiplier (`short-multiplier`). 8-bit types it leaves go to LiteRT's
optimized kernel: 16 values at once with ties up in the second rounding, the rest as on the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.quantize import Quantize
from edgekit.reference import tables
from edgekit.reference.arithmetic import (
    Ints,
    high_mul,
    multiply,
    quantize_multipliers,
    saturating_cast,
    wrap_int32,
)
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.elementwise import (
    SHORT_MULTIPLIER,
    fits_short_multiplier,
    real_multiplier,
    short_multiplier,
    short_requantize,
)
from edgekit.reference.requantize import requantizer, require_types
from edgekit.reference.simulator import Array, Kernel, quantize_array

INTEGERS = ("int8", "uint8", "int16")
LANES = 16  # values at once in LiteRT's optimized kernel


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
    if short and "int16" not in (x.dtype, output.dtype):
        ratio = np.float32(x.scale) / np.float32(output.scale)
        if x.dtype != output.dtype or not fits_short_multiplier(ratio):
            return _by_lanes(x, output)
        multiplier = short_multiplier(ratio)
        return tables.unary(lambda values: short_requantize(values - x.zero_point, multiplier, output), x)
    rescale = requantizer(np.array([real_multiplier([x.scale], output.scale)]), output, "none", INTEGERS)
    return tables.unary(lambda values: rescale(values - x.zero_point), x)


def _by_lanes(x: Tensor, output: Tensor) -> Kernel:
    """LiteRT's optimized kernel of 8-bit types: where an output comes from depends on its place in the tensor."""
    (m,), (shift,) = quantize_multipliers([real_multiplier([x.scale], output.scale)])
    left, right = max(shift, 0), max(-shift, 0)

    def lanes(values: Ints) -> Array:
        high = high_mul(wrap_int32((values - x.zero_point) << left), m)
        return np.asarray(saturating_cast((high + (1 << right >> 1)) >> right, output.zero_point, output.dtype))

    def page(values: Ints) -> Array:
        return np.asarray(saturating_cast(multiply(values - x.zero_point, m, shift), output.zero_point, output.dtype))

    size = math.prod(x.shape)
    whole = size - size % LANES
    vector, scalar = tables.unary(lanes, x), tables.unary(page, x)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        given = np.asarray(arrays[0])
        samples = given.reshape(-1, size)
        parts = vector([samples[:, :whole]]) + scalar([samples[:, whole:]])
        return [np.concatenate(parts, axis=1).reshape(given.shape)]

    return kernel


def _by_reciprocal(x: Array, output: Tensor) -> Array:
    """rint(x * (1 / s)) + z in float32: XNNPACK's way."""
    info = np.iinfo(output.dtype)
    rounded = np.rint(x * (np.float32(1) / np.float32(output.scale))) + np.float32(output.zero_point)
    return np.asarray(np.clip(rounded, info.min, info.max), output.dtype)
