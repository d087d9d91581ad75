"""Fully connected layer.

In the arithmetic `litert-reference` the kernel rounds once (`single-rounding`): round(acc * (s_in * s_w / s_out)) in
float64, ties away from zero. Everywhere else the product of the scales takes the page's double rounding; per-tensor
multipliers are then made from s_in * s_w rounded to float32 (`product_scale`), per-channel ones are not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.fully_connected import FullyConnected
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.float_rounding import FLOAT32, float_finisher, float_scale
from edgekit.reference.matmul import (
    accumulator_limit,
    bias_of,
    constant_of,
    exact_dtype,
    integer_weights,
    largest_input,
)
from edgekit.reference.requantize import effective_scale, finisher, product_scale, single_rounding
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: FullyConnected, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """acc = sum((x - zp) * w) + bias, wrapped to int32 (16x8: in int64); requantized per channel or per tensor."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    weights, bias = integer_weights(inputs)
    matrix, limit = (
        np.array(weights.T, exact_dtype(weights, largest_input(x)), order="C"),
        accumulator_limit(weights, largest_input(x)),
    )
    if arithmetic.rule(op.name) == "single-rounding":
        finish = single_rounding(effective_scale(x, w, output), bias, output, op.activation)
    elif arithmetic.rule(op.name) == FLOAT32:
        finish = float_finisher(float_scale(x, w, output), bias, output, op.activation, limit, arithmetic.bounds)
    else:
        per_tensor = w.quantization is not None and w.quantization.scale.size == 1
        real = product_scale(x, w, output) if per_tensor else effective_scale(x, w, output)
        finish = finisher(real, bias, output, op.activation, limit, matrix.dtype)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        rows = np.asarray(arrays[0])
        acc = rows.reshape(-1, matrix.shape[0]).astype(matrix.dtype) @ matrix
        out = np.empty(acc.shape, output.dtype)
        finish(acc, out)
        return [_shaped(op, rows, out)]

    return kernel


def prepare_float(op: FullyConnected, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The same in float32."""
    matrix = constant_of(present(inputs[1], "weights")).T.astype(np.float32)
    bias = bias_of(inputs, matrix.shape[1])

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        rows = np.asarray(arrays[0])
        return [_shaped(op, rows, clamp_float(rows.reshape(-1, matrix.shape[0]) @ matrix + bias, op.activation))]

    return kernel


def _shaped(op: FullyConnected, x: Array, y: Array) -> Array:
    return y.reshape(*x.shape[:-1], y.shape[-1]) if op.keep_num_dims else y
