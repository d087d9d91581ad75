"""2-D transposed convolution: one matrix product, whose columns are then added where the stride puts them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present, window_padding
from edgekit.graph.ops.transpose_conv import TransposeConv
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetic import wrap_int32
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.float_rounding import FLOAT32, float_requantizer, float_scale
from edgekit.reference.matmul import accumulator_limit, bias_of, constant_of, integer_weights, largest_input
from edgekit.reference.requantize import effective_scale, requantizer, wide_requantizer
from edgekit.reference.simulator import Array, Kernel


def prepare_integer(
    op: TransposeConv, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """acc = sum((x - zp) * w) + bias, wrapped to int32 (16x8: in int64); requantized per channel.

    How many inputs meet in an output varies along the border, so the zero point is subtracted before the product.
    """
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    weights, _ = integer_weights(inputs)
    scatter = _scatter(op, constant_of(w).astype(np.float64), output.shape)  # sums stay far below 2^53: always exact
    bias = bias_of(inputs, w.shape[0]).astype(np.int64)
    limit = accumulator_limit(weights, 2 * largest_input(x)) + np.abs(bias)
    if arithmetic.rule(op.name) == FLOAT32:
        if op.padding == "same" and any(w.shape[1 + i] < op.stride[i] for i in range(2)):
            raise ValueError("windows smaller than the stride go to a kernel whose rounding is not predicted")
        requantize = float_requantizer(float_scale(x, w, output), output, op.activation, limit, arithmetic.bounds)
    else:
        form = requantizer if x.dtype == "int8" else partial(wide_requantizer, limit=limit)
        requantize = form(effective_scale(x, w, output), output, op.activation)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        acc = scatter(np.asarray(arrays[0]).astype(np.float64) - x.zero_point)
        total = acc.astype(np.int64) + bias
        return [requantize(wrap_int32(total) if x.dtype == "int8" else total)]

    return kernel


def prepare_float(op: TransposeConv, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The same in float32."""
    w = present(inputs[1], "weights")
    scatter = _scatter(op, constant_of(w).astype(np.float32), outputs[0].shape)
    bias = bias_of(inputs, w.shape[0])

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [clamp_float(scatter(np.asarray(arrays[0])) + bias, op.activation)]

    return kernel


def _scatter(op: TransposeConv, weights: Array, out: tuple[int, ...]) -> Callable[[Array], Array]:
    channels, rows, columns, depth = weights.shape
    matrix = weights.transpose(3, 1, 2, 0).reshape(depth, -1)

    def scatter(x: Array) -> Array:
        n, height, width, _ = x.shape
        blocks = (x.reshape(-1, depth) @ matrix).reshape(n, height, width, rows, columns, channels)
        (top, _), (left, _) = (
            window_padding(out[1 + i], weights.shape[1 + i], op.stride[i], 1, x.shape[1 + i]) for i in range(2)
        )
        spans = [(x.shape[1 + i] - 1) * op.stride[i] + 1 for i in range(2)]
        full = [max(spans[0] + rows - 1, top + out[1]), max(spans[1] + columns - 1, left + out[2])]
        acc = np.zeros((n, *full, channels), x.dtype)
        for i, j in np.ndindex(rows, columns):
            acc[:, i : i + spans[0] : op.stride[0], j : j + spans[1] : op.stride[1]] += blocks[:, :, :, i, j]
        return acc[:, top : top + out[1], left : left + out[2]]

    return scatter
