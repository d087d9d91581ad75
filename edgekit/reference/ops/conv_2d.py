"""2-D convolution: windows times weights as one matrix product, exact in floating point."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.conv_2d import Conv2D
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.matmul import bias_of, constant_of, exact_dtype, integer_weights
from edgekit.reference.requantize import effective_scale, requantizer
from edgekit.reference.simulator import Array, Kernel
from edgekit.reference.windows import pad_for, windows


def prepare_integer(
    op: Conv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """acc = sum((x - zp) * w) + bias, wrapped to int32; requantized per channel."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    weights, bias = integer_weights(inputs)
    product = _product(op, w.shape, output.shape, weights.T.astype(exact_dtype(weights)), x.zero_point)
    requantize = requantizer(effective_scale(x, w, output), output, op.activation)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        acc = product(np.asarray(arrays[0]))
        return [requantize(acc.astype(np.int64) + bias)]

    return kernel


def prepare_float(op: Conv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The same in float32."""
    w, output = present(inputs[1], "weights"), outputs[0]
    weights = constant_of(w).reshape(w.shape[0], -1).T.astype(np.float32)
    bias = bias_of(inputs, w.shape[0])
    product = _product(op, w.shape, output.shape, weights, 0)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [clamp_float(product(np.asarray(arrays[0])) + bias, op.activation)]

    return kernel


def _product(op: Conv2D, w: tuple[int, ...], out: tuple[int, ...], matrix: Array, pad: int) -> Callable[[Array], Array]:
    kernel, size = (w[1], w[2]), (out[1], out[2])

    def product(x: Array) -> Array:
        padded = pad_for(x.astype(matrix.dtype), kernel, op.stride, op.dilation, size, pad)
        view = windows(padded, kernel, op.stride, op.dilation, size)
        columns = view.reshape(-1, matrix.shape[0])
        return (columns @ matrix).reshape(x.shape[0], *size, matrix.shape[1])

    return product
