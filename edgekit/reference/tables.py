"""Elementwise operators on 8-bit tensors as tables: 256 entries for one input, 65,536 for two. Fast and exact.

Wider tensors go through the function itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgekit.graph import Tensor
from edgekit.reference.arithmetic import Ints
from edgekit.reference.simulator import Array, Kernel

EIGHT_BITS = ("int8", "uint8")


def all_values(dtype: str) -> Ints:
    """Every value of an 8-bit type, in the order of its unsigned bit patterns."""
    return np.arange(256, dtype=np.uint8).view(dtype).astype(np.int64)


def unary(function: Callable[[Ints], Array], x: Tensor) -> Kernel:
    """A kernel of one input: `function` maps int64 arrays of the input's integers to arrays of the output's type."""
    if x.dtype not in EIGHT_BITS:
        return lambda arrays: [function(np.asarray(arrays[0]).astype(np.int64))]
    table = function(all_values(x.dtype))

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        return [table.take(np.asarray(arrays[0]).view(np.uint8))]

    return kernel


def binary(function: Callable[[Ints, Ints], Array], a: Tensor, b: Tensor) -> Kernel:
    """A kernel of two broadcast inputs, with `function` as in `unary`."""
    if not {a.dtype, b.dtype} <= set(EIGHT_BITS):

        def direct(arrays: Sequence[Array | None]) -> list[Array]:
            first, second = (np.asarray(x).astype(np.int64) for x in arrays)
            return [function(first, second)]

        return direct
    table = function(all_values(a.dtype)[:, None], all_values(b.dtype)).reshape(-1)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        first, second = (np.asarray(x).view(np.uint8) for x in arrays)
        return [table.take(first.astype(np.uint16) << 8 | second)]

    return kernel
