"""What a sum of a 3x3 window begins with where padding is not read."""

from __future__ import annotations

from itertools import product

import numpy as np

from edgekit.backends.c.forms.mve._requantize import Folded

SIDE = 3


def begin(found: Folded, channel: int, in_zero: int, corner: tuple[int, int], size: int) -> int:
    """Of the window whose first tap is that row and column of a square picture: the bias and what the padding adds."""
    window = found.weights[channel].reshape(SIDE, SIDE, -1).sum(axis=2, dtype=np.int64)
    inside = [range(size)[slice(max(0, at), at + SIDE)] for at in corner]
    met = sum(int(window[y - corner[0], x - corner[1]]) for y, x in product(*inside))
    return int(found.bias[channel]) + in_zero * (int(window.sum()) - met)
