"""Phases of a transposed convolution: the outputs with the same remainder by the stride along each axis. What one of
them computes is an ordinary convolution of stride 1, with every stride-th tap of the kernel, backwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Phase:
    """Along one axis.

    Attributes:
        taps: of the kernel, in the order of the inputs that they meet.
        start: the input that the first of them meets, for the phase's first output.
        count: outputs.
    """

    taps: tuple[int, ...]
    start: int
    count: int


def phases(kernel: int, stride: int, pad: int, out: int) -> list[Phase]:
    """Of the outputs 0, 1, ... stride - 1 and every stride-th from each of them on.

    Args:
        pad: before the first output, of the convolution that would undo this one.
    """
    found = []
    for first in range(stride):
        taps = tuple(reversed(range((first + pad) % stride, kernel, stride)))
        found.append(Phase(taps, (first + pad) // stride - (len(taps) - 1), -(-max(0, out - first) // stride)))
    return found


def by_phase(weights: NDArray[Any], stride: tuple[int, int]) -> Iterator[NDArray[Any]]:
    """Weights (channels, kernel_h, kernel_w, in_c) of each remainder of taps by the stride, backwards."""
    for down, across in product(range(stride[0]), range(stride[1])):
        yield weights[:, down :: stride[0], across :: stride[1]][:, ::-1, ::-1]


def in_phases(weights: NDArray[np.int8], stride: tuple[int, int]) -> NDArray[np.int8]:
    """(channels, taps): the phases' weights one after another."""
    parts = [part.reshape(len(weights), -1) for part in by_phase(weights, stride)]
    return np.ascontiguousarray(np.concatenate(parts, axis=1))
