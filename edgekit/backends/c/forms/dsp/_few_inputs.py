"""Weights of few inputs as words of two halfwords."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.forms.dsp._requantize import Folded

NONE = -1  # no input, whose weight is 0


def words(folded: Folded, places: Sequence[int]) -> NDArray[np.int32]:
    """(channels, words): weights with their factors, of these inputs, two a word."""
    wide = np.pad(folded.halves, ((0, 0), (0, 1)))
    return np.ascontiguousarray(wide[:, [*places]]).view(np.int32)
