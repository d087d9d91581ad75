"""2-D depthwise convolution: one multiply-add over the whole image for each tap of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.matmul import bias_of, constant_of, exact_dtype, integer_weights
from edgekit.reference.requantize import effective_scale, requantizer
from edgekit.reference.simulator import Array, Kernel
from edgekit.reference.windows import pad_for, windows


def prepare_integer(
    op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """acc = sum((x - zp) * w) + bias over the window, wrapped to int32; requantized per channel."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    weights, bias = integer_weights(inputs, channel_axis=3)
    taps = weights.T.reshape(w.shape[1:]).astype(exact_dtype(weights))
    product = _product(op, x.shape, output.shape, taps, x.zero_point)
    requantize = requantizer(effective_scale(x, w, output), output, op.activation)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        acc = product(np.asarray(arrays[0]))
        return [requantize(acc.astype(np.int64) + bias)]

    return kernel


def prepare_float(op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The same in float32."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    product = _product(op, x.shape, output.shape, constant_of(w)[0].astype(np.float32), 0)
    bias = bias_of(inputs, w.shape[3])

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [clamp_float(product(np.asarray(arrays[0])) + bias, op.activation)]

    return kernel


def _product(
    op: DepthwiseConv2D, x_shape: tuple[int, ...], out: tuple[int, ...], taps: Array, pad: int
) -> Callable[[Array], Array]:
    """taps: (Kh, Kw, Co)."""
    kernel, size, multiplier = (taps.shape[0], taps.shape[1]), (out[1], out[2]), taps.shape[2] // x_shape[3]

    def product(x: Array) -> Array:
        if multiplier > 1:
            x = np.repeat(x, multiplier, axis=3)
        padded = pad_for(x.astype(taps.dtype), kernel, op.stride, op.dilation, size, pad)
        view = windows(padded, kernel, op.stride, op.dilation, size)
        acc: Array = view[:, :, :, 0, 0] * taps[0, 0]
        scratch = np.empty_like(acc)
        for row, column in list(np.ndindex(*kernel))[1:]:
            acc += np.multiply(view[:, :, :, row, column], taps[row, column], out=scratch)
        return acc

    return product
