"""Exact integer matrix products through floating-point BLAS."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def exact_dtype(weights: NDArray[np.int64], largest: int = 128) -> type[np.floating[Any]]:
    """The smallest float type in which every partial sum of |x| <= `largest` times a row of `weights` is exact.

    A float holds all integers up to 2^24 (float32) or 2^53 (float64), and every partial sum, whatever the order, is
    bounded by `largest` times the row's sum of magnitudes: the product is exact however BLAS arranges it.

    Args:
        weights: (Co, K) integers.
    """
    bound = largest * int(np.abs(weights).sum(axis=1).max(initial=0))
    return np.float32 if bound <= 1 << 24 else np.float64
