"""Weights of pairs of channels as the kernels read them: both in one array of halfwords, or each as halfwords."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.forms.dsp._requantize import Folded

TAPS = 8  # a block of the inner loops
ORDER = (0, 2, 1, 3)  # what SXTB16 makes of four bytes


def pair_weights(weights: NDArray[Any], group: int) -> NDArray[np.int16] | None:
    """(channels, taps) int8 to (pairs, taps) halfwords 256 * second + first, both padded with zeros.

    None where a halfword or a sum does not fit: the second channel's sum is found as the upper 24 bits of a word.

    Args:
        group: channels are padded to a multiple of it.
    """
    channels, taps = weights.shape
    w = np.zeros((-(-channels // group) * group, -(-taps // TAPS) * TAPS), np.int64)
    w[:channels, :taps] = weights
    first, second = w[0::2], w[1::2]
    halves = 256 * second + first
    if halves.min() < -(1 << 15) or np.any(128 * np.abs(second).sum(axis=1) >= 1 << 23):
        return None
    groups: NDArray[np.int16] = halves.reshape(halves.shape[0], -1, 4)[:, :, ORDER].astype(np.int16)
    return groups.reshape(halves.shape)


def pair_channels(folded: Folded, group: int) -> NDArray[np.int32]:
    """(pairs, 6): bias, twice the second's bias, multiplier, divider, the second's multiplier and divider."""
    count = -(-folded.bias.size // group) * group

    def padded(values: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.pad(values, (0, count - values.size)).reshape(-1, 2)

    b, m, d = padded(folded.bias), padded(folded.multiplier), padded(folded.divider)
    return np.stack([b[:, 0], 2 * b[:, 1], m[:, 0], d[:, 0], m[:, 1], d[:, 1]], axis=1).astype(np.int32)


def halves(weights: NDArray[np.int16]) -> NDArray[np.int16]:
    """(channels, taps) in the order that SXTB16 gives taps, which are padded to fours."""
    channels, taps = weights.shape
    wide = np.pad(weights, ((0, 0), (0, -taps % 4)))
    ordered = wide.reshape(channels, wide.shape[1] // 4, 4)[:, :, ORDER]
    return np.ascontiguousarray(ordered).reshape(channels, wide.shape[1])


def overlapped(weights: NDArray[np.int16], width: int) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """(channels, taps) to the first taps, a multiple of `width` that leaves some, and the last `width`, of which those
    that the first ones have are 0."""
    taps = weights.shape[1]
    whole = (taps - 1) // width * width
    last = weights[:, taps - width :].copy()
    last[:, : width - (taps - whole)] = 0
    return weights[:, :whole], last


def paired(folded: Folded, places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """(pairs, 2) each: biases with their factors, multipliers, dividers of these channels."""
    chosen = [values[places] for values in (folded.start, folded.multiplier, folded.divider)]
    return [np.pad(values, (0, places.size % 2)).reshape(-1, 2) for values in chosen]


def stream_of_halves(weights: NDArray[np.int16], folded: Folded, places: NDArray[np.int64]) -> NDArray[np.int32]:
    """Of each pair its biases, the second's first, of every four taps both weights, their multipliers and dividers.

    Args:
        weights: (places, taps), with their factors.
    """
    b, m, d = paired(folded, places)
    wide = halves(np.pad(weights, ((0, places.size % 2), (0, 0))))
    words = wide.reshape(b.shape[0], 2, -1, 4).transpose(0, 2, 1, 3).reshape(b.shape[0], -1)
    rest = np.stack([m, d], axis=2).reshape(b.shape[0], -1)
    return np.concatenate([b[:, ::-1], np.ascontiguousarray(words).view(np.int32), rest], axis=1).astype(np.int32)
