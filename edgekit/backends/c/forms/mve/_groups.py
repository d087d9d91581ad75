"""Four pixels of 1x1 layers whose biases are weights of constants in lanes that the pixels leave free."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.forms._reach import Ints

HIGH, LANES = 128, 7  # of the constant lanes: how often -HIGH comes before 1
PAIRS = (2, 3, 0, 1)  # four pixels as their sums lie on the stack: the second two were stored last


def bias_weights(bias: Ints, lanes: int = LANES) -> NDArray[np.int8] | None:
    """(channels, `lanes` + 1): weights whose products with `lanes` times -HIGH and 1 are the biases; None beyond."""
    low = (bias + HIGH // 2) % HIGH - HIGH // 2
    left = (low - bias) // HIGH
    weights = []
    for _ in range(lanes):
        weights.append(np.clip(left, -HIGH, HIGH - 1))
        left = left - weights[-1]
    return None if np.any(left) else np.stack([*weights, low], axis=1).astype(np.int8)
