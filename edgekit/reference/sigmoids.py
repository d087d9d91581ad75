"""What logistic and tanh share: the two ways of the runtimes to fill 256 integers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.reference import tables
from edgekit.reference.arithmetic import Ints, divide_by_power_of_two, multiply
from edgekit.reference.fixedpoint import input_multiplier
from edgekit.reference.simulator import Array, Kernel, dequantize_array, quantize_array
from edgekit.reference.wide_tables import wide_sigmoid

Q4 = 4
"""Integer bits of the fixed-point input: (-16, 16)."""


def prepare(
    inputs: Sequence[Tensor | None],
    output: Tensor,
    rule: str,
    fixed: Callable[[Ints], Ints],
    real: Callable[[Array], Array],
    exact: Callable[[Array], Array],
    parameters: tuple[float, int],
) -> Kernel:
    """The kernel of a sigmoid.

    Args:
        rule: `float-table` for LiteRT's way, `double-table` for XNNPACK's, anything else for TensorFlow Lite Micro's.
        fixed: the function from Q4 to Q0; real: the same in float32; exact: in float64.
        parameters: the scale and zero point that the output must have.

    Raises:
        ValueError: another output quantization, which only some runtimes would take, and each in its own sense.
    """
    x = present(inputs[0], "the input")
    if x.dtype == "int16":
        return wide_sigmoid(x, output, hyperbolic=parameters[1] == 0)
    if x.dtype != "int8" or output.dtype != "int8" or (float(output.scale), output.zero_point) != parameters:
        raise ValueError(f"needs int8 with output scale {parameters[0]} and zero point {parameters[1]}")
    if rule == "float-table":
        return tables.unary(lambda v: quantize_array(real(dequantize_array(v, x)), output), x)
    if rule == "double-table":
        return tables.unary(lambda v: _double_table(exact(dequantize_array(v, x).astype(np.float64)), output), x)
    m, shift, radius = input_multiplier(float(x.scale), Q4)
    bits = -round(math.log2(parameters[0]))

    def function(values: Ints) -> Array:
        centered = values - x.zero_point
        inside = np.abs(centered) < radius
        q0 = fixed(multiply(np.where(inside, centered, 0), m, shift))
        result = np.clip(divide_by_power_of_two(q0, 31 - bits) + output.zero_point, -128, 127)
        return np.where(inside, result, np.where(centered <= -radius, -128, 127)).astype(np.int8)

    return tables.unary(function, x)


def _double_table(values: Array, output: Tensor) -> Array:
    """float64 values rounded to float32, times 1 / s (a power of two, exact), rounded, ties to even."""
    steps = values.astype(np.float32) * (np.float32(1) / np.float32(output.scale))
    return np.asarray(np.clip(np.rint(steps) + output.zero_point, -128, 127), np.int8)
