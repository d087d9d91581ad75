"""Requantization of accumulators with per-channel multipliers: the page in `arithmetic.py`, prepared and vectorized."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.reference.arithmetic import activation_range, multiply, quantize_multipliers

Requantize = Callable[[NDArray[Any]], NDArray[Any]]


def requantizer(real: NDArray[np.float64], output: Tensor, activation: str) -> Requantize:
    """A function from accumulators (..., C) to `output`'s integers.

    Args:
        real: real multipliers s_in * s_w[c] / s_out, float64, of shape (C,) or (1,).
        output: the output tensor, quantized per tensor.
        activation: the fused activation that narrows the clamp.
    """
    m, shift = quantize_multipliers(real)
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)
    zero_point, dtype = output.zero_point, np.dtype(output.dtype)

    def requantize(acc: NDArray[Any]) -> NDArray[Any]:
        scaled = multiply(acc.astype(np.int64), m, shift)
        scaled += zero_point
        return np.clip(scaled, low, high, out=scaled).astype(dtype)

    return requantize


def effective_scale(x: Tensor, w: Tensor, output: Tensor) -> NDArray[np.float64]:
    """s_in * s_w[c] / s_out in float64 from the float32 scales, in the order the runtimes multiply."""
    assert w.quantization is not None
    return np.float64(x.scale) * w.quantization.scale.astype(np.float64) / np.float64(output.scale)
