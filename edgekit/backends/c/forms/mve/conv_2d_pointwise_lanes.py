"""1x1 convolutions of 1 to 8 channels into few, pixels in lanes: `firmware/src/pointwise_lanes_mve.c`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits
from edgekit.backends.c.forms.mve._pack import BLOCK, ORDER
from edgekit.backends.c.forms.mve._pairs import places
from edgekit.backends.c.forms.mve._requantize import Folded, integer
from edgekit.backends.c.forms.mve.conv_2d_pointwise import picture

OPERATOR, FILE = "conv_2d", "pointwise_lanes_mve"
LARGEST_C, MOST_WEIGHTS = 8, 192  # beyond them the products of whole vectors are cheaper
# Instructions of other forms: of a pixel's 8 outputs, of a call. Of pixels next to each other; of few others, of many.
DENSE, FEW, MANY = (2.3 * BLOCK, 60), (3.4 * BLOCK, 8), (4.2 * BLOCK, 0)
FROM_MANY = 64  # pixels
REGISTERS = 4  # inputs that have an address each
MOST, SOME = 256, 128  # pixels of a run, and of pictures that are cut anywhere: four bytes of table each
RUN = 8  # what a run costs, in pixels
LARGEST_PLACE = (1 << 16) - 1
Ints = NDArray[Any]


def form(layer: Layer, call: Call) -> Call | None:
    fields, geometry = call.fields, picture(call)
    in_c, out_c = integer(fields, "in_c"), integer(fields, "out_c")
    if geometry is None or in_c > LARGEST_C or in_c * out_c > MOST_WEIGHTS:
        return None
    pixels = places(geometry, in_c)
    if pixels is None or len(pixels) < BLOCK:
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, in_c))
    runs = next(_runs(pixels, geometry["out_h"], geometry["out_w"]), None)
    if found is None or runs is None:
        return None
    length, starts = runs
    first = np.append(np.arange(0, length - BLOCK, BLOCK), length - BLOCK)  # pixels of blocks
    of = first[:, None] + np.arange(BLOCK)
    table = np.stack([pixels[of[:, ORDER]] - pixels[0], of * out_c], axis=1)
    if table.max() > LARGEST_PLACE or _instructions(in_c, out_c, len(starts), len(first)) > _without(
        pixels, in_c, out_c
    ):
        return None
    low, high = integer(fields, "low"), integer(fields, "high")
    begins = np.stack([pixels[starts], starts * out_c], axis=1).astype(np.int32).reshape(-1)
    return Call(
        f"{FILE}_{in_c}" + "_clamped" * ((low, high) != (-128, 127)),
        {
            "channels": out_c, "blocks": len(first), "places": table.astype(np.uint16).reshape(-1),
            "starts": begins, "runs": len(starts), "stream": _stream(found), "out_zero": fields["out_zero"],
            "low": low, "high": high,
        },
        source=FILE,
    )  # fmt: skip


def _instructions(in_c: int, out_c: int, runs: int, blocks: int) -> int:
    block = 11 + (4 + (in_c > REGISTERS)) * in_c
    return 24 + out_c * (14 + runs * (11 + blocks * block))


def _without(pixels: Ints, in_c: int, out_c: int) -> float:
    """About what forms of blocks of 8 channels take, which have fewer loads one by one for the same cycles."""
    if out_c % BLOCK:
        return math.inf
    count = len(pixels)
    dense = pixels[-1] == (count - 1) * in_c
    of_eight, call = DENSE if dense else FEW if count < FROM_MANY else MANY
    return call + out_c // BLOCK * of_eight * (-(-count // BLOCK) * BLOCK if dense else count)


def _runs(pixels: Ints, rows: int, columns: int) -> Iterator[tuple[int, Ints]]:
    """How many pixels have the same places from each of these pixels on, together all of them; longest first."""
    count, image = len(pixels), rows * columns
    anywhere = min(range(BLOCK, SOME + 1, BLOCK), key=lambda n: -(-count // n) * (n + RUN))
    some_rows = (columns * n for n in range(rows - 1, 0, -1) if rows % n == 0)
    for length in (count, image, anywhere, *some_rows):
        if BLOCK <= length <= min(count, MOST):
            starts = np.append(np.arange(0, count - length, length), count - length)
            found = pixels[starts[:, None] + np.arange(length)]
            if np.array_equal(found - found[:, :1], np.broadcast_to(found[0] - found[0, 0], found.shape)):
                yield length, starts


def _stream(found: Folded) -> NDArray[np.int32]:
    """Of every channel, as the registers are loaded."""
    weights = found.weights.astype(np.int64)
    parts = [weights[:, :1], found.second[:, None], weights[:, 1:], found.multiplier[:, None], found.bias[:, None]]
    return np.concatenate(parts, axis=1).astype(np.int32).reshape(-1)
