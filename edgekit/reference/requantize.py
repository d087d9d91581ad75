"""Requantization of accumulators with per-channel multipliers: the page in `arithmetic.py`, prepared and vectorized."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.reference.arithmetic import (
    INT32_MAX,
    INT32_MIN,
    activation_range,
    multiply,
    quantize_multipliers,
    saturating_cast,
    wrap_int32,
)
from edgekit.reference.steps import fit

Requantize = Callable[[NDArray[Any]], NDArray[Any]]
Finish = Callable[[NDArray[Any], NDArray[Any]], None]


def requantizer(
    real: NDArray[np.float64], output: Tensor, activation: str, types: Sequence[str] = ("int8",)
) -> Requantize:
    """A function from accumulators (..., C) to `output`'s integers.

    Args:
        real: real multipliers s_in * s_w[c] / s_out, float64, of shape (C,) or (1,).
        output: the output tensor, quantized per tensor.
        activation: the fused activation that narrows the clamp.
        types: what the output may be.
    """
    require_types(types, output)
    m, shift = quantize_multipliers(real)
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)

    def requantize(acc: NDArray[Any]) -> NDArray[Any]:
        scaled = multiply(acc.astype(np.int64), m, shift)
        return saturating_cast(scaled, output.zero_point, output.dtype, low, high)  # type: ignore[no-any-return]

    return requantize


def single_rounding(real: NDArray[np.float64], bias: NDArray[Any], output: Tensor, activation: str) -> Finish:
    """As `finisher`, with round((acc + bias) * real) in float64, ties away from zero.

    Where the rounded value leaves int32, the conversion gives INT32_MIN as x86's instruction does.
    """
    require_int8(output)
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)

    def finish(acc: NDArray[Any], out: NDArray[Any]) -> None:
        product = wrap_int32(acc.astype(np.int64) + bias).astype(np.float64) * real
        whole = np.trunc(product)
        whole += np.where(np.abs(product - whole) >= 0.5, np.copysign(1.0, product), 0.0)
        inside = (whole >= INT32_MIN) & (whole <= INT32_MAX)
        scaled = np.where(inside, whole, INT32_MIN).astype(np.int64)
        out[...] = saturating_cast(scaled, output.zero_point, output.dtype, low, high)

    return finish


def finisher(
    real: NDArray[np.float64], bias: NDArray[Any], output: Tensor, activation: str, limit: NDArray[Any], dtype: Any,
    group: int = 1,
) -> Finish:  # fmt: skip
    """A function (acc, out) that requantizes floating-point accumulators (rows, C), overwriting them, into int8 `out`.

    The same integers as `requantizer`, by `steps.fit` where that finds its proof.

    Args:
        bias: (C,) integers, the accumulators come without it.
        limit: (C,) the largest magnitude an accumulator can have.
        dtype: the accumulators' float type.
        group: the number of rows is always a multiple of it.
    """
    plain = requantizer(real, output, activation)
    m, shift = (np.broadcast_to(v, bias.shape) for v in quantize_multipliers(real))
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)
    steps = fit(m, shift, bias, output.zero_point, low, high, limit, dtype)
    if steps is None:

        def finish(acc: NDArray[Any], out: NDArray[Any]) -> None:
            out[...] = plain(acc.astype(np.int64) + bias)
    else:
        wide, width = steps.repeated(group), group * bias.size

        def finish(acc: NDArray[Any], out: NDArray[Any]) -> None:
            wide.apply(acc.reshape(-1, width), out.reshape(-1, width))

    return finish


def effective_scale(x: Tensor, w: Tensor, output: Tensor) -> NDArray[np.float64]:
    """s_in * s_w[c] / s_out in float64 from the float32 scales, in the order the runtimes multiply."""
    assert w.quantization is not None
    return np.float64(x.scale) * w.quantization.scale.astype(np.float64) / np.float64(output.scale)


def product_scale(x: Tensor, w: Tensor, output: Tensor) -> NDArray[np.float64]:
    """As `effective_scale`, with the product s_in * s_w rounded to float32 first."""
    assert w.quantization is not None
    return (np.float32(x.scale) * w.quantization.scale).astype(np.float64) / np.float64(output.scale)


def require_int8(*tensors: Tensor) -> None:
    """Raises ValueError unless all are int8 with a per-tensor quantization: other types have no proven arithmetic."""
    require_types(("int8",), *tensors)


def require_types(types: Sequence[str], *tensors: Tensor) -> None:
    """Raises ValueError unless all have a per-tensor quantization and one of the types."""
    for tensor in tensors:
        if tensor.dtype not in types or tensor.quantization is None or tensor.quantization.scale.size != 1:
            raise ValueError(f"needs {' or '.join(types)} with one scale, found {tensor.name} of {tensor.dtype}")


def require_same_quantization(x: Tensor, output: Tensor) -> None:
    """For operators that pass integers on without scaling. Raises ValueError."""
    require_int8(x, output)
    if x.quantization != output.quantization:
        raise ValueError(f"needs the same quantization before and after, found {x.quantization}, {output.quantization}")
