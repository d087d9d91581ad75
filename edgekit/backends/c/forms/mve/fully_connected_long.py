"""Fully connected, from 64 inputs on, a multiple of 4: `fully_connected_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._pack import BLOCK, CHUNK, HALF, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._pointwise import vectors
from edgekit.backends.c.forms.mve._requantize import LARGEST, Folded, divider, fold, integer

OPERATOR = "fully_connected"
FOUR = 4  # samples together into one unit
KIND_OF_BLOCK = 5  # which `blocks` knows 8 units by, fewer by their number
SCALAR = (
    divider(LARGEST),
    divider(2),
)  # second multipliers that SMMLAR takes twice, and saturated sums do not matter to


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    if in_c < CHUNK or in_c % WORD or (fields["low"], fields["high"]) != (-128, 127):
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    sizes = blocks(out_c)
    alone = [i for i, size in zip(np.cumsum([0, *sizes]), sizes, strict=False) if size == 1]
    if not np.all(found.second) or any(not SCALAR[0] <= found.second[i] <= SCALAR[1] for i in alone):
        return None
    rest = -(-(in_c % CHUNK) // VECTOR)
    together = out_c == 1 and fields["batches"] == FOUR and rest > 0 and in_c < 2 * CHUNK
    name = f"four_{rest}" if together else str(out_c) if out_c <= HALF else "blocks"
    packed = of_four(found) if together else stream(found, sizes)
    return Call(
        f"fully_connected_mve_{name}",
        {
            "stream": packed, "chunks": in_c // CHUNK, "bytes": packed.nbytes, "rest": rest,
            "out_zero": fields["out_zero"], "batches": fields["batches"], "back": -(-in_c % VECTOR), "in_c": in_c,
        },
        source="fully_connected_mve",
    )  # fmt: skip


def blocks(units: int) -> list[int]:
    """Sizes: 8 as often as possible, then 4 and what is left."""
    rest = units % BLOCK
    return [BLOCK] * (units // BLOCK) + [HALF] * (rest >= HALF) + [rest % HALF] * (rest % HALF > 0)


def stream(found: Folded, sizes: list[int]) -> NDArray[np.int32]:
    parts: list[NDArray[np.int32]] = []
    wide, start, named = vectors(found.weights), 0, sum(sizes) > HALF
    for size in sizes:
        rows = slice(start, start + size)
        start += size
        if named:
            parts.append(np.array([KIND_OF_BLOCK if size == BLOCK else size], np.int32))
        parts.append(found.bias[rows].astype(np.int32))
        parts += [wide[rows, at : at + CHUNK].reshape(-1).view(np.int32) for at in range(0, wide.shape[1], CHUNK)]
        parts += constants(found.multiplier[rows], found.second[rows])
    parts += [np.zeros(int(named), np.int32)]
    return np.concatenate(parts)


def of_four(found: Folded) -> NDArray[np.int32]:
    """One unit: bias, weights, multiplier and second multiplier, numbers once for each of four samples."""
    bias, multiplier, second = (
        np.full(FOUR, row[0]).astype(np.int32) for row in (found.bias, found.multiplier, found.second)
    )
    return np.concatenate([bias, vectors(found.weights).reshape(-1).view(np.int32), multiplier, second])


def constants(multiplier: NDArray[np.int64], second: NDArray[np.int64]) -> list[NDArray[np.int32]]:
    """Of a block: 4 or 8 of each; of a single unit, which SMMULR and SMMLAR requantize, two numbers."""
    if len(multiplier) == 1:
        return [multiplier.astype(np.int32), (2 * second).astype(np.int32)]
    lanes = np.zeros((2, BLOCK if len(multiplier) == BLOCK else HALF), np.int32)
    lanes[:, : len(multiplier)] = multiplier, second
    return [(lanes[:, ORDER] if lanes.shape[1] == BLOCK else lanes).reshape(-1)]
