"""What the forms share whose sums go on from a neighbouring pixel's: 1x1 of 8 channels, pixels next to each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import BLOCK, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer

MARKED = 3  # the words of biases before the output zero point
LANES, HIGH = 4, 128
ADDED = 512  # below 128 KiB, ADD has all multiples of it
EIGHT = 8  # pixels at a time
ONES = ("kernel_h", "kernel_w", "stride_h", "stride_w")
PLACES = (1, 2, 3, 4, 0, 5, 6, 7)  # sixteens of pixels whose outputs r0 r2 r4 r6 r7 r8 r10 r12 have
BETWEEN = 5  # biases of core registers below the pointer's


def pixels_of(fields: Mapping[str, Value]) -> int:
    return math.prod(integer(fields, name) for name in ("batches", "out_h", "out_w"))


def folded(fields: Mapping[str, Value]) -> Folded | None:
    """Constants of 1x1 kernels of 8 channels next to each other whose weights have negatives; None of other layers."""
    if (
        fields["in_c"] != BLOCK or any(fields[f"in_{side}"] != fields[f"out_{side}"] for side in "hw")
        or any(fields[name] != 1 for name in ONES) or (fields["low"], fields["high"]) != (-HIGH, HIGH - 1)
    ):  # fmt: skip
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(-1, BLOCK))
    return None if found is None or found.weights.min() == -HIGH else found


def spread(scratch: int) -> int:
    """Bytes to ask for, so that the address of what is planned behind them is likely to take one instruction."""
    return -(-scratch // ADDED) * ADDED


def two(out_c: int, i: int) -> list[int]:
    """The channels of the i-th pass, the last one instead of those that are missing."""
    return [min(c, out_c - 1) for c in (2 * i, 2 * i + 1)]


def vectors(found: Folded, channels: list[int]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Of two channels: filters, and biases four times."""
    filters = np.ascontiguousarray(np.stack(forms(found.weights[channels]), axis=1))
    return filters.reshape(-1).view(np.int32), np.tile(found.bias[channels], LANES).astype(np.int32)


def forms(weights: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """(channels, 16) each: of sums of a first pixel, and of what makes them those of the second one."""
    zero = np.zeros_like(weights)
    return np.concatenate([weights, zero], axis=1), np.concatenate([-weights, weights], axis=1)


def requantization(found: Folded, head: int, channels: int, odd: tuple[int, int] = (1, 0)) -> list[NDArray[np.int32]]:
    """From the last two of so many channels to the first ones; outputs begin behind `head` bytes. odd: whether the
    first and the second four pixels are odd ones."""
    out_c = len(found.bias)
    parts = []
    for i in reversed(range(channels // 2)):
        both = two(out_c, i)
        outputs = [head + pixel * out_c + c for begin in odd for pixel in range(begin, EIGHT, 2) for c in both]
        constants = [np.tile(values[both], 2).astype(np.int32) for values in (found.multiplier, found.second)]
        parts += [places(outputs), *constants, places([at + EIGHT * out_c for at in outputs])]
    return parts


def without_loops(
    file: str,
    pixels: int,
    filters: NDArray[np.int32],
    biases: Sequence[int],
    stream: Sequence[NDArray[np.int32]],
    scratch: int,
    sixteens: Sequence[int] = PLACES,
) -> Call:
    """The call of a function for so many pixels, with the words of what its first pixels need; `sixteens` of them whose
    outputs are at places."""
    return Call(
        f"{file}_{pixels}",
        {
            "filters": tuple(filters.tolist()), "places": tuple(VECTOR * BLOCK * i for i in sixteens),
            "biases": tuple(biases[:BETWEEN]), "stream": np.concatenate(stream), "others": tuple(biases[BETWEEN:]),
        },
        scratch=spread(scratch),
        source=file,
    )  # fmt: skip
