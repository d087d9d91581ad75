"""What the elementwise operators share: sums of rescaled inputs, broadcast cases of float kernels, 256-entry tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Tensor
from edgekit.graph.operator import present
from edgekit.reference import planes
from edgekit.reference.activations import clamp_float
from edgekit.reference.arithmetic import Ints, activation_range, multiply, quantize_multiplier, wrap_int32
from edgekit.reference.simulator import Array, Kernel

SUM_SHIFT = 20  # int8 sums keep 20 fraction bits: 255 * 2^20 < 2^28, so two of them never overflow


def scaled_sum(
    inputs: Sequence[Tensor | None], output: Tensor, activation: str, combine: Callable[[Ints, Ints], Ints]
) -> Kernel:
    """a + b or a - b of int8 tensors with scales of their own.

    With S = 2 * max(scale a, scale b), both inputs are shifted left by 20 bits and multiplied by scale / S, which is at
    most 1/2; the sum is multiplied by S / (2^20 * scale out). Three double-rounding multiplications in all.
    """
    a, b = (present(t, "input") for t in inputs)
    if {a.dtype, b.dtype, output.dtype} != {"int8"}:
        raise ValueError(f"takes int8 and gives int8, found {a.dtype}, {b.dtype} to {output.dtype}")
    twice_max = 2 * max(float(a.scale), float(b.scale))
    tables = [_rescaled(t, float(t.scale) / twice_max) for t in (a, b)]
    m, shift = quantize_multiplier(twice_max / ((1 << SUM_SHIFT) * float(output.scale)))
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)

    def page(x: Array, y: Array) -> Array:
        first, second = look_up(tables[0], x), look_up(tables[1], y)
        result = multiply(combine(first, second), m, shift) + output.zero_point
        return np.clip(wrap_int32(result), low, high).astype(output.dtype)

    sign = 1 if combine is np.add else -1
    ratio_a, ratio_b = float(a.scale) / float(output.scale), sign * float(b.scale) / float(output.scale)
    constant = output.zero_point - ratio_a * a.zero_point - ratio_b * b.zero_point
    fast = planes.fit(page, ratio_a, ratio_b, constant, low, high) if a.shape == b.shape else None

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        x, y = (np.asarray(given) for given in arrays)
        return [page(x, y) if fast is None or x.shape != y.shape else fast(x, y)]

    return kernel


def _rescaled(tensor: Tensor, real: float) -> Ints:
    return multiply((all_values("int8") - tensor.zero_point) << SUM_SHIFT, *quantize_multiplier(real))


def all_values(dtype: str) -> Ints:
    """Every value of an 8-bit type in the order that `look_up` indexes by."""
    return np.arange(256, dtype=np.uint8).view(dtype).astype(np.int64)


def look_up(table: NDArray[Any], x: Array) -> Array:
    """table[x] for 8-bit x, the table being in the order of `all_values`."""
    return table[x.view(np.uint8)]


def float_binary(function: Callable[[Array, Array], Array], activation: str = "none") -> Kernel:
    """A float kernel of two broadcast inputs."""

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        first, second = (np.asarray(x) for x in arrays)
        return [clamp_float(function(first, second), activation)]

    return kernel
