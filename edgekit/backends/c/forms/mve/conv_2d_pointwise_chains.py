"""1x1 convolutions of 8 channels, many pixels into few channels: `firmware/src/pointwise_chains_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._chains import (
    EIGHT,
    LANES,
    MARKED,
    folded,
    forms,
    pixels_of,
    requantization,
    spread,
    two,
    vectors,
)
from edgekit.backends.c.forms.mve._halves import places
from edgekit.backends.c.forms.mve._pack import BLOCK, VECTOR, WORD
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "conv_2d", "pointwise_chains_mve"
ONCE = {f"{c}x{n}": (n, c) for n, c in (*((n, 8) for n in (64, 144, 196)), (144, 10), (144, 16))}
# pixels and output channels of functions for as many
CHANNELS = {channels for _, channels in ONCE.values()}
GROUPS = {"128": 128, "128_rest": 128, "120_rest": 120}  # pixels, into 8 channels
FEW = 4  # output channels and less, of which functions compute four
FEW_ONCE, FEW_GROUP = 144, 64  # pixels of theirs
THREE = 3  # channels, of which the last one is alone in a function for FEW_ONCE pixels
MARK = -(1 << 31)  # instead of an output zero point where products go on
ENDED = 2  # the words of biases before 0, or before something else where products go on


def form(layer: Layer, call: Call) -> list[Call] | None:
    fields = call.fields
    out_c, out_zero, pixels = integer(fields, "out_c"), integer(fields, "out_zero"), pixels_of(fields)
    found = folded(fields) if out_c in CHANNELS or (out_c <= FEW and pixels >= EIGHT) else None
    if found is None:
        return None
    if out_c <= FEW:
        calls = [_few(found, out_zero, pixels, name) for name in ("few", "few_144")[: 1 + (pixels == FEW_ONCE)]]
        return [*calls, *([_three(found, out_zero)] if (out_c, pixels) == (THREE, FEW_ONCE) else [])]
    shapes = [(name, pixels - pixels % 2) for name, shape in ONCE.items() if shape == (pixels, out_c)]
    if out_c == BLOCK:
        shapes += [(name, group) for name, group in GROUPS.items()
                   if pixels >= group and (pixels % group > 0) == name.endswith("rest")]  # fmt: skip
    return [_call(found, out_zero, pixels, *shape) for shape in shapes] or None


def _call(found: Folded, out_zero: int, pixels: int, name: str, group: int) -> Call:
    out_c, (groups, rest) = len(found.bias), divmod(pixels, group)
    once, head = name in ONCE, group % EIGHT
    before, after = first_pixels(found) if head else ([], [])
    parts = [*before, *products(found, out_zero, once), *requantization(found, head * out_c, out_c), *after]
    return Call(
        f"{FILE}_{name}",
        {
            "size": groups * group * out_c, "stream": np.concatenate([*parts, *(behind(found) if rest else [])]),
            "pairs": -(-rest // 2), "back": rest % 2 * out_c,
        },
        scratch=spread(group * out_c * WORD),
        source=FILE,
    )  # fmt: skip


def _few(found: Folded, out_zero: int, pixels: int, name: str) -> Call:
    """Into four channels, the last one more than once: its outputs then meet at their places."""
    out_c = len(found.bias)
    group = FEW_ONCE if name == "few_144" else FEW_GROUP
    groups, rest = divmod(pixels, group)
    again = -rest % EIGHT
    parts = few_products(found, out_zero)
    return Call(
        f"{FILE}_{name}",
        {
            "size": groups, "stream": np.concatenate([*parts, *requantization(found, 0, FEW)]),
            "pairs": -(-rest // EIGHT), "back": again * out_c, "again": again * BLOCK,
        },
        scratch=spread(group * FEW * WORD),
        source=FILE,
    )  # fmt: skip


def _three(found: Folded, out_zero: int) -> Call:
    filters, biases = vectors(found, [0, 1])
    last = [THREE - 1] * LANES
    weights = forms(found.weights[last[:1]])[0].reshape(-1)
    alone = np.concatenate([weights, np.roll(weights, BLOCK)]).view(np.int32)
    marked = np.insert(np.repeat(found.bias[last], 2), MARKED, out_zero).astype(np.int32)
    outputs = places([pixel * THREE + THREE - 1 for pixel in range(VECTOR)])
    constants = [values[last].astype(np.int32) for values in (found.multiplier, found.second)]
    parts = [filters, biases, alone, marked, outputs, *constants, outputs, *requantization(found, 0, THREE - 1)]
    return Call(
        f"{FILE}_{THREE}x{FEW_ONCE}",
        {"size": 0, "stream": np.concatenate(parts), "pairs": 0, "back": 0},
        scratch=spread(FEW_ONCE * THREE * WORD),
        source=FILE,
    )


def few_products(found: Folded, out_zero: int) -> list[NDArray[np.int32]]:
    """Two channels, then two more with the step of 16 pixels' outputs and the zero point."""
    out_c = len(found.bias)
    parts = []
    for i in range(FEW // 2):
        filters, biases = vectors(found, two(out_c, i))
        parts += [filters, biases if i == 0 else np.insert(biases, (ENDED, MARKED), (VECTOR * out_c, out_zero))]
    return parts


def products(found: Folded, out_zero: int, once: bool) -> list[NDArray[np.int32]]:
    """Two channels after the other; the mark with every second ones, the last of them among these."""
    twos = len(found.bias) // 2
    parts = []
    for i in range(twos):
        ends = i == twos - 1
        filters, biases = vectors(found, two(2 * twos, i))
        parts += [filters, biases]
        if (twos - 1 - i) % 2 == 0:
            marked = np.insert(biases, MARKED, out_zero if ends else MARK)
            parts.append(np.insert(marked, ENDED, 0 if ends else MARK) if once else marked)
    return parts


def first_pixels(found: Folded) -> tuple[list[NDArray[np.int32]], list[NDArray[np.int32]]]:
    """Of four pixels and 8 channels, 4 at a time: for the products; for the requantization, the last ones first."""
    before, after = list[NDArray[np.int32]](), list[NDArray[np.int32]]()
    for at in range(0, BLOCK, LANES):
        four = slice(at, at + LANES)
        first, second = (filters.reshape(-1).view(np.int32) for filters in forms(found.weights[four]))
        before += [first, np.tile(found.bias[four], 2).astype(np.int32), second]
        outputs = [pixel * BLOCK + c for pixel in (1, 3, 0, 2) for c in range(at, at + LANES)]
        constants = [values[four].astype(np.int32) for values in (found.multiplier, found.second)]
        after = [places(outputs), *constants, *after]
    return before, after


def behind(found: Folded) -> list[NDArray[np.int32]]:
    """Of two pixels and all 8 channels."""
    first, second = (filters.reshape(-1).view(np.int32) for filters in forms(found.weights))
    rows = [values[at : at + LANES] for at in (0, LANES) for values in (found.multiplier, found.second)]
    outputs = places([*range(BLOCK, VECTOR), *range(BLOCK)])
    return [found.bias.astype(np.int32), first, second, *(row.astype(np.int32) for row in rows), outputs]
