"""2-D depthwise convolution: one multiply-add over whole rows of the image for each tap of the window.

The sums are of integers that the float type holds exactly, so their order does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided

from edgekit.graph import Tensor
from edgekit.graph.operator import present, window_padding
from edgekit.graph.ops.depthwise_conv_2d import DepthwiseConv2D
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
from edgekit.reference.workspace import samples_at_once, workspace


def prepare_integer(
    op: DepthwiseConv2D, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor], arithmetic: Arithmetic
) -> Kernel:
    """acc = sum((x - zp) * w) + bias over the window, wrapped to int32 (16x8: in int64); requantized per channel."""
    x, w, output = present(inputs[0], "input"), present(inputs[1], "weights"), outputs[0]
    weights, bias = integer_weights(inputs, channel_axis=3)
    taps, limit = (
        weights.T.reshape(w.shape[1:]).astype(exact_dtype(weights, largest_input(x))),
        accumulator_limit(weights, largest_input(x)),
    )
    product = _product(op, x.shape, output.shape, taps, x.zero_point)
    height, width, channels = output.shape[1:]
    if arithmetic.rule(op.name) == FLOAT32:
        finish = float_finisher(float_scale(x, w, output), bias, output, op.activation, limit, arithmetic.bounds)
    else:
        finish = finisher(effective_scale(x, w, output), bias, output, op.activation, limit, taps.dtype, width)
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
    phases = _phases(taps.shape[1], op.dilation[1], across)

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
        acc = workspace("accumulators", (n, height, width * channels), taps.dtype)
        scratch = workspace("scratch", acc.shape, taps.dtype)
        sn, sr, _, sc, item = padded.strides
        for count, (phase, start, apart, columns_of) in enumerate(phases):
            view = as_strided(
                padded[:, :, phase, start:],
                (taps.shape[0], len(columns_of), n, height, width * channels),
                (sr * op.dilation[0], sc * apart, sn, sr * down, item),
                writeable=False,
            )
            np.einsum("ijnhc,ijc->nhc", view, wide[:, columns_of], out=scratch if count else acc)
            if count:
                np.add(acc, scratch, out=acc)
        return acc.reshape(-1, channels)

    return product


def _phases(taps: int, dilation: int, stride: int) -> list[tuple[int, int, int, list[int]]]:
    """The horizontal taps by the phase of the columns they read: (phase, first column, columns apart, taps)."""
    found: dict[int, list[int]] = {}
    for tap in range(taps):
        found.setdefault(tap * dilation % stride, []).append(tap)
    places = {phase: [tap * dilation // stride for tap in members] for phase, members in found.items()}
    return [(p, at[0], at[1] - at[0] if len(at) > 1 else 0, found[p]) for p, at in places.items()]
