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
    WIDE_BITS,
    WIDE_SHIFT,
    activation_range,
    multiply,
    multiply_wide,
    quantize_multipliers,
    saturating_cast,
    wrap_int32,
)
from edgekit.reference.steps import fit

EITHER = ("int8", "int16")
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
    require_alike(output)
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)

    def finish(acc: NDArray[Any], out: NDArray[Any]) -> None:
        total = acc.astype(np.int64) + bias
        product = (total if output.dtype == "int16" else wrap_int32(total)).astype(np.float64) * real
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
    """A function (acc, out) that requantizes floating-point accumulators (rows, C), overwriting them, into `out`.

    int8: the same integers as `requantizer`, by `steps.fit` where that finds its proof. int16: `wide_requantizer`.

    Args:
        bias: (C,) integers, the accumulators come without it.
        limit: (C,) the largest magnitude an accumulator can have.
        dtype: the accumulators' float type.
        group: the number of rows is always a multiple of it.
    """
    if output.dtype == "int16":
        return _wide_finisher(real, bias, output, activation, limit)
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


def wide_requantizer(real: NDArray[np.float64], output: Tensor, activation: str, limit: Any) -> Requantize:
    """As `requantizer`, from int64 accumulators to int16 by `multiply_wide`: the 16x8 products.

    Args:
        limit: (C,) the largest magnitude an accumulator can have, bias included.

    Raises:
        ValueError: a multiplier reaches 2^7 or an accumulator 2^47: no runtime defines the result.
    """
    require_wide(output)
    m, shift = quantize_multipliers(real)
    largest = int(np.max(limit, initial=0))
    if (shift > WIDE_SHIFT).any():
        raise ValueError(f"the scales ask for a multiplier of {float(np.max(real)):g}, with int16 it must be below 2^7")
    if largest >= 1 << WIDE_BITS:
        raise ValueError(f"an accumulator can reach {largest}, with int16 it must stay below 2^{WIDE_BITS}")
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)

    def requantize(acc: NDArray[Any]) -> NDArray[Any]:
        scaled = multiply_wide(acc.astype(np.int64), m, shift)
        return saturating_cast(scaled, output.zero_point, output.dtype, low, high)  # type: ignore[no-any-return]

    return requantize


def _wide_finisher(
    real: NDArray[np.float64], bias: NDArray[Any], output: Tensor, activation: str, limit: NDArray[Any]
) -> Finish:
    requantize = wide_requantizer(real, output, activation, limit.astype(object) + np.abs(bias.astype(object)))

    def finish(acc: NDArray[Any], out: NDArray[Any]) -> None:
        out[...] = requantize(acc.astype(np.int64) + bias)

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


def require_wide(*tensors: Tensor) -> None:
    """Raises ValueError unless all are int16 with a per-tensor quantization around zero point 0."""
    require_types(("int16",), *tensors)
    for tensor in tensors:
        if tensor.zero_point != 0:
            raise ValueError(f"needs int16 with zero point 0, {tensor.name} has {tensor.zero_point}")


def require_alike(*tensors: Tensor) -> None:
    """Raises ValueError unless all are int8, or all int16 with zero point 0, per tensor."""
    if tensors[0].dtype == "int16":
        require_wide(*tensors)
    else:
        require_int8(*tensors)


def require_same_quantization(x: Tensor, output: Tensor) -> None:
    """For operators that pass integers on without scaling. Raises ValueError."""
    require_alike(x, output)
    if x.quantization != output.quantization:
        raise ValueError(f"needs the same quantization before and after, found {x.quantization}, {output.quantization}")
