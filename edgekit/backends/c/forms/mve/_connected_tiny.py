"""Fully connected layers of up to 16 inputs: `fully_connected_tiny_mve.c`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call
from edgekit.backends.c.forms.mve._pack import BLOCK, HALF, ORDER, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

FILE = "fully_connected_tiny_mve"
SAMPLES, LARGEST = 4, 64  # of a group; units whose outputs of a group lie within 256 bytes
PLACES = (2, 0, 3, 1)  # the samples of each unit's four bytes when they are stored


def tiny(call: Call, samples: int) -> Call | None:
    """The form of a portable `call` on `samples` pixels one after another; None where a condition does not hold."""
    fields = call.fields
    in_c, units = integer(fields, "in_c"), integer(fields, "out_c")
    if in_c > VECTOR or (fields["low"], fields["high"]) != (-128, 127):
        return None
    if units <= BLOCK if samples == 1 else units > LARGEST or (samples > SAMPLES and samples % SAMPLES > 0):
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(units, in_c))
    if not np.all(found.second):
        return None
    if samples == 1:
        name, stream, blocks, step = _one(found)
    elif units == 1 and samples % BLOCK == 0 and in_c < VECTOR:
        name, stream, blocks, step = "eights_1", _eights(found), samples // BLOCK, SAMPLES * in_c
    else:
        two = units > HALF and 1 <= units % HALF <= 2
        stream, blocks, step = _four(found, samples, two), (units + HALF - 1 - 2 * two) // HALF, -(-samples // SAMPLES)
        name = "fours_and_2" if two else "fours" if blocks * step > 1 else "four_4"
    return Call(
        f"{FILE}_{name}",
        {
            "stream": stream, "blocks": blocks, "step": step, "out_zero": fields["out_zero"],
            "x_step": SAMPLES * in_c, "y_step": SAMPLES * units,
        },
        source=FILE,
    )  # fmt: skip


def gathered(in_c: int, samples: Sequence[int] | NDArray[np.intp] = (0,)) -> NDArray[np.int32]:
    """Places of the inputs of these samples; free lanes take the first one again."""
    lanes = np.arange(VECTOR) * (np.arange(VECTOR) < in_c)
    return (np.array(samples)[:, None] * in_c + lanes).astype(np.uint8).view(np.int32).reshape(-1)


def filters(found: Folded) -> NDArray[np.int8]:
    """(units, 16): 0 beyond the inputs."""
    return np.pad(found.weights, ((0, 0), (0, VECTOR - found.weights.shape[1])))


def _words(*parts: NDArray[np.integer]) -> NDArray[np.int32]:
    """Bytes as words, numbers as they are."""
    return np.concatenate([
        (np.ascontiguousarray(p).view(np.int32) if p.itemsize == 1 else p.astype(np.int32)).reshape(-1) for p in parts
    ])  # fmt: skip


def _one(found: Folded) -> tuple[str, NDArray[np.int32], int, int]:
    """Name, stream, blocks after the first one and its step."""
    units, in_c = len(found.bias), found.weights.shape[1]
    rest = (units - 1) % BLOCK + 1
    first = HALF if rest <= HALF else BLOCK
    blocks = [np.arange(first), *(np.arange(at, at + BLOCK) for at in range(rest, units, BLOCK))]
    wide, parts = filters(found), [gathered(in_c)]
    for block in blocks:
        rows = np.minimum(block if len(block) == HALF else block[ORDER], units - 1)
        parts.append(_words(found.bias[rows], wide[rows], found.multiplier[rows], found.second[rows]))
    return f"one_from_{first}", np.concatenate(parts), len(blocks) - 1, rest


def _eights(found: Folded) -> NDArray[np.int32]:
    """One unit of eight samples."""
    places = gathered(found.weights.shape[1], range(SAMPLES))
    second, bias = np.tile(found.second, HALF), np.tile(found.bias, BLOCK)
    return np.concatenate([places, _words(filters(found), second, bias, found.multiplier)])


def _four(found: Folded, samples: int, two: bool) -> NDArray[np.int32]:
    """`two`: the last block is of two units."""
    units, in_c = len(found.bias), found.weights.shape[1]
    group = np.minimum(np.arange(SAMPLES), samples - 1)
    wide, parts = filters(found), [gathered(in_c, group)]
    for start in range(0, units, HALF):
        rows = np.minimum(start + np.arange(HALF), units - 1)
        to = (rows[:, None] + units * group[list(PLACES)]).astype(np.uint8)
        if two and start + HALF > units:
            rows = rows[:2]
            to = (units * group[[0, 2, 1, 3]].reshape(2, 1, 2) + rows[:, None]).astype(np.uint16).view(np.uint8)
        biases = np.resize(found.bias[rows], BLOCK)
        m, second = (np.resize(row[rows], HALF) for row in (found.multiplier, found.second))
        parts.append(_words(wide[rows], biases, m, second, to))
    return np.concatenate(parts)
