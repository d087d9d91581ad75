"""2-D convolution: windows times weights as one matrix product, exact in floating point."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.conv_2d import Conv2D
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
from edgekit.reference.requantize import effective_scale, finisher
from edgekit.reference.simulator import Array, Kernel
from edgekit.reference.windows import pad_for, windows
from edgekit.reference.workspace import samples_at_once, workspace

FEW_CHANNELS = 8  # below it, windows are gathered plane by plane: copies of a few values are slow


def prepare_integer(
    op: Conv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """acc = sum((x - zp) * w) + bias, wrapped to int32 (16x8: in int64); requantized per channel."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    weights, bias = integer_weights(inputs)
    matrix, limit = (
        np.array(weights.T, exact_dtype(weights, largest_input(x)), order="C"),
        accumulator_limit(weights, largest_input(x)),
    )
    product = _product(op, w.shape, output.shape, matrix, x.zero_point)
    height, width, channels = output.shape[1:]
    if arithmetic.rule(op.name) == FLOAT32:
        finish = float_finisher(float_scale(x, w, output), bias, output, op.activation, limit, arithmetic.bounds)
    else:
        finish = finisher(effective_scale(x, w, output), bias, output, op.activation, limit, matrix.dtype, width)
    cost = height * width * matrix.shape[0] * matrix.itemsize

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        given = np.asarray(arrays[0])
        out = np.empty((len(given), height, width, channels), output.dtype)
        step = samples_at_once(cost, len(given))
        for start in range(0, len(given), step):
            finish(product(given[start : start + step]), out[start : start + step].reshape(-1, channels))
        return [out]

    return kernel


def prepare_float(op: Conv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The same in float32."""
    w, output = present(inputs[1], "weights"), outputs[0]
    weights = np.array(constant_of(w).reshape(w.shape[0], -1).T, np.float32, order="C")
    bias = bias_of(inputs, w.shape[0])
    product = _product(op, w.shape, output.shape, weights, 0)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        acc = product(np.asarray(arrays[0])) + bias
        return [clamp_float(acc.reshape(-1, *output.shape[1:]), op.activation)]

    return kernel


def _product(op: Conv2D, w: tuple[int, ...], out: tuple[int, ...], matrix: Array, pad: int) -> Callable[[Array], Array]:
    """x to accumulators (N * Ho * Wo, Co) in the workspace."""
    kernel, size = (w[1], w[2]), (out[1], out[2])

    def product(x: Array) -> Array:
        view = windows(pad_for(x, kernel, op.stride, op.dilation, size, pad), kernel, op.stride, op.dilation, size)
        rows = view.shape[0] * size[0] * size[1]
        if w[3] < FEW_CHANNELS:  # (Kh, Kw, C, N, Ho, Wo): the matrix product takes its transpose
            columns = workspace("columns", (*w[1:], len(x), *size), matrix.dtype)
            np.copyto(columns, view.transpose(3, 4, 5, 0, 1, 2))
            columns = columns.reshape(-1, rows).T
        else:
            columns = workspace("columns", view.shape, matrix.dtype)
            np.copyto(columns, view)
            columns = columns.reshape(rows, -1)
        return np.matmul(columns, matrix, out=workspace("accumulators", (rows, w[0]), matrix.dtype))

    return product
