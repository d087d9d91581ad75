"""Outputs of 16 bits before their clamp: the odd lanes of a vector are filled with another vector's, none saturates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Value
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer
from edgekit.reference.arithmetic import high_mul

VECTOR = 16
WORDS = [0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15]  # of four vectors, in the lanes that they end in


def halfwords(found: Folded, out_zero: int) -> NDArray[np.bool_]:
    """By channel: whether every output fits 16 bits whatever the input, zero point included."""
    weights = found.weights.reshape(len(found.bias), -1).astype(np.int64)
    lowest, highest = (
        found.bias + pick(-128 * weights, 127 * weights).sum(axis=1) for pick in (np.minimum, np.maximum)
    )
    ends = np.stack([lowest, highest])
    outputs = high_mul(high_mul(ends, found.multiplier), found.second) + out_zero
    inside = (np.iinfo(np.int16).min <= outputs.min(axis=0)) & (outputs.max(axis=0) <= np.iinfo(np.int16).max)
    return np.asarray(inside & (np.abs(ends).max(axis=0) < 1 << 31))


def in_halfwords(found: Folded, out_zero: int) -> bool:
    """Whether those of all channels do."""
    return bool(np.all(halfwords(found, out_zero)))


def in_sixteen_bits(fields: Mapping[str, Value], weights: NDArray[np.int8]) -> Folded | None:
    """Constants of a portable call's weights as (channels, taps); None for shifts or outputs of more than 16 bits."""
    found = fold(fields, weights)
    return found if np.all(found.second) and in_halfwords(found, integer(fields, "out_zero")) else None


def places(outputs: Sequence[int]) -> NDArray[np.int32]:
    """Of sums in the order in which they are stored, by sixteens: the bytes that lanes go to."""
    found = np.array(outputs).reshape(-1, VECTOR)[:, WORDS]
    assert found.min() >= 0 and found.max() <= np.iinfo(np.uint8).max
    return found.astype(np.uint8).reshape(-1).view("<i4").astype(np.int32)
