"""Fully connected layers of 16 to 64 inputs and some numbers of units: `fully_connected_short_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._pack import BLOCK, ORDER, VECTOR, WORD
from edgekit.backends.c.forms.mve._pointwise import vectors
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

MORE = 33  # inputs of which the last one is multiplied as a word
SINGLE = ("16x8n", "16x10", "24x10", "2x8", "2x10", "64x3")
THREE, FOUR, FOURS = 3, 4, ("16x4", "16x8", "16x10", "2x3", "33x3", "64x1")
SAMPLES = ("16x16", "2x4", "2x8", "2x10", "2x16", "33x4", "33x8", "33x10", "33x16", "64x2")


def short(call: Call, samples: int) -> Call | None:
    """The form of a portable `call` on `samples` pixels one after another; None where a condition does not hold."""
    fields = call.fields
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    name = _name(in_c, out_c, samples) if in_c >= VECTOR else None
    if name is None or (fields["low"], fields["high"]) != (-128, 127):
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    if not np.all(found.second):
        return None
    if name.startswith("four"):
        packed, back = by_four(found) if out_c > FOUR else at_once(found)
    else:
        packed, back = stream(found, name == "one_24x10"), in_c - VECTOR
    return Call(
        f"fully_connected_short_mve_{name}",
        {
            "stream": packed, "back": back, "batches": packed.nbytes if name.endswith("n") else samples,
            "out_zero": fields["out_zero"], "units": out_c,
        },
        source="fully_connected_short_mve",
    )  # fmt: skip


def _name(in_c: int, out_c: int, samples: int) -> str | None:
    inputs = in_c if in_c in (VECTOR, MORE, 64) else 2 if in_c <= 2 * VECTOR else None
    alone = ["24x10"] if (in_c, out_c) == (24, 10) else []
    alone += [f"{inputs}x{out_c}", f"{inputs}x8n" if out_c % BLOCK == 0 else ""]
    for name in alone if samples == 1 else ():
        if name in SINGLE and not (name == "16x8n" and out_c == 2 * BLOCK):
            return f"one_{name}"
    if samples == FOUR and alone[-2] in FOURS:
        return f"four_{alone[-2]}"
    return f"{inputs}x{out_c}" if f"{inputs}x{out_c}" in SAMPLES else None


def stream(found: Folded, plain: bool = False) -> NDArray[np.int32]:
    """By blocks: the rest of the units, then 8 by 8. `plain`: the vectors of an input do not overlap."""
    units, in_c = found.weights.shape
    more = in_c == MORE
    wide = found.weights[:, : MORE - 1] if more else found.weights
    wide = np.pad(wide, ((0, 0), (0, -in_c % VECTOR))) if plain else vectors(wide)
    parts: list[NDArray[np.int32]] = []
    for start, end in blocks(units):
        rows = np.arange(start, end)[ORDER] if end - start == BLOCK else np.arange(start, end)
        parts += [found.bias[rows].astype(np.int32), wide[rows].reshape(-1).view(np.int32)]
        constants = ([found.weights[rows, -1]] if more else []) + [found.multiplier[rows], found.second[rows]]
        for row in constants:
            parts.append((row if end - start == BLOCK else np.resize(row, BLOCK // 2)).astype(np.int32))
    return np.concatenate(parts)


def blocks(units: int) -> list[tuple[int, int]]:
    starts = [0] * (units % BLOCK > 0) + list(range(units % BLOCK, units, BLOCK))
    return list(zip(starts, [*starts[1:], units], strict=True))


def by_four(found: Folded) -> tuple[NDArray[np.int32], int]:
    """Of four samples together: biases; then, 4 units at a time, weights, constants, places; and the biases' bytes."""
    units = len(found.bias)
    biases: list[NDArray[np.int32]] = []
    parts: list[NDArray[np.int32]] = []
    for start in range(0, units, FOUR):
        rows = slice(start, min(start + FOUR, units))
        size = rows.stop - start
        biases.append(np.resize(found.bias[rows], BLOCK).astype(np.int32))
        parts.append(found.weights[rows].reshape(-1).view(np.int32))
        parts += [np.resize(row[rows], FOUR).astype(np.int32) for row in (found.multiplier, found.second)]
        lane = np.arange(FOUR)[:, None]
        if size == FOUR:
            to = (lane + units * np.array([0, 2, 1, 3])).astype(np.uint8)
        else:
            to = (lane % 2 + units * (lane // 2 + np.array([0, 2]))).astype(np.uint16)
        parts.append(to.reshape(-1).view(np.int32))
    return np.concatenate([*biases, *parts]), WORD * BLOCK * len(biases)


def at_once(found: Folded) -> tuple[NDArray[np.int32], int]:
    """Of four samples into 1, 3 or 4 units, sums in the order 2 3 0 1; and where an input's second vector is."""
    units, in_c = found.weights.shape
    more = in_c == MORE
    wide = found.weights[:, : MORE - 1] if more else vectors(found.weights)
    parts: list[NDArray[np.integer]] = [wide.reshape(-1).view(np.int32), found.weights[:, -1] if more else wide[:0, 0]]
    again = 1 if units == FOUR else FOUR
    parts += [np.tile(found.bias, again if units == 1 else 2)]
    parts += [np.tile(found.multiplier, again), np.tile(found.second, again)]
    if units == 1:  # which are stored one after another
        return np.concatenate([p.astype(np.int32) for p in parts]), in_c - VECTOR
    of_sums = np.roll(np.arange(units * FOUR), units * 2).reshape(units, FOUR)
    to = of_sums[[0, 2, 1, units - 1]].T.astype(np.uint8)
    return np.concatenate([*(p.astype(np.int32) for p in parts), to.reshape(-1).view(np.int32)]), in_c - VECTOR
