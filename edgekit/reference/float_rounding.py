"""Requantization in float32, rounded once, ties to even: what XNNPACK computes (`float32`).

The multiplier is s_in * s_w / s_out, every step rounded to float32. An int32 accumulator is converted to float32,
multiplied (rounded to float32 again), cut at the upper end of the clamp and rounded to an integer, ties to even.
Source: the "fp32" requantization of google/XNNPACK (`xnn_qs8_requantize_fp32`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.reference.arithmetic import activation_range, wrap_int32
from edgekit.reference.requantize import Finish, require_int8
from edgekit.reference.simulator import Kernel

FLOAT32 = "float32"
Floats = NDArray[np.float32]
LARGEST = np.float32(256.0)  # XNNPACK takes multipliers below it


def float_scale(x: Tensor, w: Tensor, output: Tensor) -> Floats:
    """s_in * s_w[c] / s_out in float32."""
    assert w.quantization is not None
    scale: Floats = np.float32(x.scale) * w.quantization.scale.astype(np.float32) / np.float32(output.scale)
    return scale


def float_requantizer(
    scale: Floats, output: Tensor, activation: str, limit: NDArray[Any], ties: str
) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """A function from int32 accumulators (..., C) to int8; scale and `limit` of shape (C,) or (1,).

    Args:
        limit: the largest magnitude of an accumulator, bias included, before it wraps around.
        ties: of the activation's bounds, as in `activation_range`.

    Raises:
        ValueError: a multiplier is 256 or more (the runtime refuses the layer), or a product may leave int32: what its
            conversion then gives depends on the processor.
    """
    require_int8(output)
    if np.any(scale >= LARGEST):
        raise ValueError(f"needs multipliers below {LARGEST:g}, found {scale.max():g}")
    if np.any(np.minimum(limit, 1 << 31) * scale.astype(np.float64) >= 1 << 31):
        raise ValueError("accumulators times multipliers may leave int32: the result then depends on the processor")
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype, ties)

    def requantize(acc: NDArray[Any]) -> NDArray[Any]:
        scaled = np.minimum(acc.astype(np.float32) * scale, np.float32(high - output.zero_point))
        rounded = np.maximum(np.rint(scaled), np.float32(low - output.zero_point)) + np.float32(output.zero_point)
        result: NDArray[Any] = rounded.astype(np.int8)
        return result

    return requantize


def float_finisher(
    scale: Floats, bias: NDArray[Any], output: Tensor, activation: str, limit: NDArray[Any], ties: str
) -> Finish:
    """As `requantize.finisher`: a function (acc, out); `bias` (C,) is added to the accumulators.

    Args:
        limit: (C,) the largest magnitude of an accumulator without its bias.
        ties: of the activation's bounds, as in `activation_range`.
    """
    requantize = float_requantizer(scale, output, activation, limit + np.abs(bias), ties)

    def finish(acc: NDArray[Any], out: NDArray[Any]) -> None:
        out[...] = requantize(wrap_int32(acc.astype(np.int64) + bias))

    return finish


def float_reduction(x: Tensor, output: Tensor, axes: Sequence[int], keep_dims: bool, count: int = 1) -> Kernel:
    """The sum over axes, times M = s_in / s_out / count, plus z_out - (z_in * n) * M for its n values, then rounded.

    All of it in float32, ties to even: z_out is added before the rounding here, not after it.
    """
    scale = np.float32(x.scale) / np.float32(output.scale) / np.float32(count)
    offset = np.float32(x.zero_point * prod(x.shape[axis] for axis in axes))
    bias = np.float32(output.zero_point) - offset * scale

    def kernel(arrays: Sequence[NDArray[Any] | None]) -> list[NDArray[Any]]:
        total = np.asarray(arrays[0]).astype(np.int64).sum(axis=tuple(axes), keepdims=keep_dims).astype(np.float32)
        return [np.clip(np.rint(total * scale + bias), -128, 127).astype(np.int8)]

    return kernel
