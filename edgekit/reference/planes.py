"""Rescaled sums of two int8 tensors in a few floating-point passes, proven on all 65,536 pairs before it is used.

The page's sum is close to a * scale_a + b * scale_b + constant. `fit` tries constants in float32 and compares the
result with the page's for every pair of bytes; what differs in one pair is not used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.reference.workspace import workspace

Array = NDArray[Any]
Sum = Callable[[Array, Array], Array]
PIECE = 1 << 15  # elements at once: three float32 buffers of it stay in the second-level cache


def fit(page: Sum, scale_a: float, scale_b: float, constant: float, low: int, high: int) -> Sum | None:
    """A function equal to `page` on all pairs of int8 arrays of one shape, or None.

    Args:
        page: the plain form.
        scale_a, scale_b: the inputs' scales over the output's; negative where subtracted.
        constant: the real value of the sum at (0, 0), output zero point included.
        low, high: the int8 clamp.
    """
    values = np.arange(-128, 128).astype(np.int8)
    first, second = (v.reshape(-1) for v in np.meshgrid(values, values, indexing="ij"))
    wanted = page(first, second)
    for move in (0.0, 1e-5, -1e-5, 3e-5, -3e-5, 1e-4, -1e-4, 3e-4, -3e-4, 1e-3, -1e-3):
        found = _form(scale_a, scale_b, constant + 128.5 + move, low + 128, high + 128)
        if np.array_equal(found(first, second), wanted):
            return found
    return None


def _form(scale_a: float, scale_b: float, constant: float, low: int, high: int) -> Sum:
    by_a, by_b, plus, least, most = (np.float32(v) for v in (scale_a, scale_b, constant, low, high))

    def total(a: Array, b: Array) -> Array:
        out = np.empty(a.shape, np.int8)
        flat_a, flat_b, flat_out = a.reshape(-1), b.reshape(-1), out.reshape(-1).view(np.uint8)
        for start in range(0, a.size, PIECE):
            stop = min(start + PIECE, a.size)
            x, y = (workspace(slot, (stop - start,), np.float32) for slot in ("sum a", "sum b"))
            np.copyto(x, flat_a[start:stop])
            np.multiply(x, by_a, out=x)
            np.add(x, plus, out=x)
            np.copyto(y, flat_b[start:stop])
            np.multiply(y, by_b, out=y)
            np.add(x, y, out=x)
            np.clip(x, least, most, out=x)
            np.copyto(flat_out[start:stop], x, casting="unsafe")
        np.bitwise_xor(flat_out, np.uint8(128), out=flat_out)
        return out

    return total
