"""2-D depthwise convolution: one multiply-add over whole rows of the image for each tap of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.graph.operator import present, window_padding
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetics import Arithmetic
from edgekit.reference.matmul import accumulator_limit, bias_of, constant_of, exact_dtype, integer_weights
from edgekit.reference.requantize import effective_scale, finisher
from edgekit.reference.simulator import Array, Kernel
from edgekit.reference.workspace import samples_at_once, workspace


def prepare_integer(
    op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """acc = sum((x - zp) * w) + bias over the window, wrapped to int32; requantized per channel."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    weights, bias = integer_weights(inputs, channel_axis=3)
    taps, limit = weights.T.reshape(w.shape[1:]).astype(exact_dtype(weights)), accumulator_limit(weights)
    product = _product(op, x.shape, output.shape, taps, x.zero_point)
    real, (height, width, channels) = effective_scale(x, w, output), output.shape[1:]
    finish = finisher(real, bias, output, op.activation, limit, taps.dtype, width)
    cost = 2 * x.elements // x.shape[0] * (channels // x.shape[3]) * taps.itemsize

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        given = np.asarray(arrays[0])
        out = np.empty((len(given), height, width, channels), output.dtype)
        step = samples_at_once(cost, len(given))
        for start in range(0, len(given), step):
            finish(product(given[start : start + step]), out[start : start + step].reshape(-1, channels))
        return [out]

    return kernel


def prepare_float(op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Kernel:
    """The same in float32."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    product = _product(op, x.shape, output.shape, constant_of(w)[0].astype(np.float32), 0)
    bias = bias_of(inputs, w.shape[3])

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        acc = product(np.asarray(arrays[0])) + bias
        return [clamp_float(acc.reshape(-1, *output.shape[1:]), op.activation)]

    return kernel


def _product(
    op: DepthwiseConv2D, x_shape: tuple[int, ...], out: tuple[int, ...], taps: Array, pad: int
) -> Callable[[Array], Array]:
    """x to accumulators (N * Ho * Wo, Co) in the workspace. taps: (Kh, Kw, Co).

    The padded image is kept as (N, rows, phase, columns of that phase, Co), phase = column modulo the stride, so that
    what one tap reads is a run of whole pixels in memory whatever the stride.
    """
    height, width, channels = out[1:]
    multiplier, (down, across) = channels // x_shape[3], op.stride
    pads = [window_padding(x_shape[1 + i], taps.shape[i], op.stride[i], op.dilation[i], out[1 + i]) for i in range(2)]
    rows, columns = (x_shape[1 + i] + sum(pads[i]) for i in range(2))
    per_phase = -(-columns // across)
    top, left = pads[0][0], pads[1][0]
    wide = np.tile(taps, (1, 1, width))  # (Kh, Kw, Wo * Co)

    def product(x: Array) -> Array:
        n = len(x)
        padded = workspace("phases", (n, rows, across, per_phase, channels), taps.dtype)
        padded.fill(pad)
        if multiplier > 1:
            x = np.repeat(x, multiplier, axis=3)
        for column in range(min(across, x.shape[2])):
            part = x[:, :, column::across]
            phase, start = (left + column) % across, (left + column) // across
            padded[:, top : top + x.shape[1], phase, start : start + part.shape[2]] = part
        flat = padded.reshape(n, rows, across, per_phase * channels)
        acc = workspace("accumulators", (n, height, width * channels), taps.dtype)
        scratch = workspace("scratch", acc.shape, taps.dtype)
        for i, j in np.ndindex(*taps.shape[:2]):
            row, (start, phase) = i * op.dilation[0], divmod(j * op.dilation[1], across)
            seen = flat[:, row : row + (height - 1) * down + 1 : down, phase]
            seen = seen[:, :, start * channels : (start + width) * channels]
            if i == j == 0:
                np.multiply(seen, wide[i, j], out=acc)
            else:
                np.add(acc, np.multiply(seen, wide[i, j], out=scratch), out=acc)
        return acc.reshape(-1, channels)

    return product
