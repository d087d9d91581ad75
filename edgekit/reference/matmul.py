"""Exact integer matrix products through floating-point BLAS, and what the operators with weights share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.graph.operator import present

Array = NDArray[Any]
BIAS_TYPE = {"int8": "int32", "int16": "int64"}  # by the type of the activations


def largest_input(x: Tensor) -> int:
    """The largest magnitude of an activation's integers."""
    return -int(np.iinfo(x.dtype).min)


def accumulator_limit(weights: NDArray[np.int64], largest: int = 128) -> NDArray[np.int64]:
    """The largest magnitude of x * weights for |x| <= `largest`, per row of `weights` (Co, K)."""
    return np.asarray(largest * np.abs(weights).sum(axis=1))


def exact_dtype(weights: NDArray[np.int64], largest: int = 128) -> type[np.floating[Any]]:
    """The smallest float type in which every partial sum of |x| <= `largest` times a row of `weights` is exact.

    A float holds all integers up to 2^24 (float32) or 2^53 (float64), and every partial sum, whatever the order, is
    bounded by `largest` times the row's sum of magnitudes: the product is exact however BLAS arranges it.

    Args:
        weights: (Co, K) integers.
    """
    bound = int(accumulator_limit(weights, largest).max(initial=0))
    return np.float32 if bound <= 1 << 24 else np.float64


def bias_of(inputs: Sequence[Tensor | None], channels: int) -> Array:
    """The constant bias, the operator's third input, or zeros where it is absent."""
    bias = inputs[2] if len(inputs) > 2 else None
    return np.zeros(channels, np.int32) if bias is None else constant_of(bias)


def constant_of(tensor: Tensor) -> Array:
    """The value of weights or bias. Raises ValueError where they are computed: the kernels fold them once."""
    if tensor.data is None:
        raise ValueError(f"{tensor.name} must be constant")
    return np.asarray(tensor.data)


def integer_weights(inputs: Sequence[Tensor | None], channel_axis: int = 0) -> tuple[NDArray[np.int64], Array]:
    """Weights as (Co, K) and the bias with the input's zero point folded in, both int64.

    sum((x - zp) * w) + bias = sum(x * w) + (bias - zp * sum(w)); padding with zp adds nothing.

    Raises:
        ValueError: types or quantization are not those of int8 or 16x8 arithmetic.
    """
    x, w = present(inputs[0], "input"), present(inputs[1], "weights")
    if x.dtype not in BIAS_TYPE or w.dtype != "int8" or w.quantization is None:
        raise ValueError(f"needs int8 or int16 input and quantized int8 weights, found {x.dtype} and {w.dtype}")
    if x.dtype == "int16" and x.zero_point != 0:
        raise ValueError(f"needs int16 with zero point 0, {x.name} has {x.zero_point}")
    bias = inputs[2] if len(inputs) > 2 else None
    if bias is not None and bias.dtype != BIAS_TYPE[x.dtype]:
        raise ValueError(f"needs an {BIAS_TYPE[x.dtype]} bias beside {x.dtype} activations, found {bias.dtype}")
    if w.quantization.axis is not None and w.quantization.axis != channel_axis:
        raise ValueError(f"weights are quantized along axis {w.quantization.axis}, the channels are {channel_axis}")
    if w.quantization.zero_point.any():
        raise ValueError("weights must be symmetric: a zero point is not 0")
    values = np.moveaxis(constant_of(w), channel_axis, 0)
    matrix = values.reshape(values.shape[0], -1).astype(np.int64)
    return matrix, bias_of(inputs, len(matrix)).astype(np.int64) - x.zero_point * matrix.sum(axis=1)
