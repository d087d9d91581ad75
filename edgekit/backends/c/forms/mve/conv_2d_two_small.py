"""3x3 convolution of 2 channels in one small picture, `firmware/src/conv_2d_two_small_mve.c`: pairs of channels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits
from edgekit.backends.c.forms.mve._pack import BLOCK, ORDER, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer
from edgekit.backends.c.forms.mve._small import taps

OPERATOR = "conv_2d"
KERNEL, TAPS, IN_C, PAIR = 3, 9, 2, 2
CORNERS = (0, 2, 6, 8)  # places that windows at a border lack
INNER, BORDER, HALF = 8, 8, 4  # pixels of a round
MIXED_COST, INNER_COST = 89, 51  # instructions of a round for two channels
MIXED_WINDOWS, INNER_WINDOWS = 33, 21  # to gather its windows
PIXEL_COST, BLOCK_COST = 9, 34  # of a pixel that no round has, of its 8 channels
OF_INNER, OF_BORDER = 13, 9  # vectors of a round
CHUNK, WORD, BEHIND = 128, 4, 8  # bytes copied at once; behind the copy
LANES = [4, 0, 5, 1, 6, 2, 7, 3]  # pixels as the narrowings leave them
LARGEST, MOST = 1 << 12, 256  # bytes of the picture; outputs of a channel
LARGEST_OUTPUT = 1 << 16
NONE = np.zeros(1, np.int32)
Ints = NDArray[Any]


@dataclass(frozen=True)
class Plan:
    """Which pixels are computed together.

    Attributes:
        lacked: the place that the first weights lack, that the second ones lack.
        inner: pixels of all rounds, 8 of each; first, second: 4 of every mixed round, for either weights.
        rest: the others.
    """

    lacked: tuple[int, int]
    inner: list[int]
    first: list[int]
    second: list[int]
    rest: list[int]

    @property
    def mixed(self) -> int:
        return len(self.first) // HALF

    def cost(self, out_c: int) -> int:
        """Instructions of the rounds and of the other pixels."""
        pairs, blocks, inner = out_c // PAIR, -(-out_c // BLOCK), len(self.inner) // INNER - self.mixed
        rounds = (MIXED_COST * pairs + MIXED_WINDOWS) * self.mixed + (INNER_COST * pairs + INNER_WINDOWS) * inner
        return rounds + len(self.rest) * (PIXEL_COST + BLOCK_COST * blocks)


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields

    def of(name: str) -> int:
        return integer(fields, name)

    out_c, pixels = of("out_c"), of("out_h") * of("out_w")
    size = of("in_h") * of("in_w") * IN_C
    if (
        (of("kernel_h"), of("kernel_w"), of("in_c"), of("batches")) != (KERNEL, KERNEL, IN_C, 1)
        or (of("low"), of("high")) != (-128, 127) or out_c % PAIR or not CHUNK <= size <= LARGEST
        or not BLOCK <= pixels <= MOST or pixels * out_c > LARGEST_OUTPUT
    ):  # fmt: skip
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(out_c, -1))
    if found is None:
        return None
    words = size // WORD * WORD
    found_taps = taps(fields)
    lies = (found_taps.rows * of("in_w") + found_taps.columns) * IN_C
    places = np.where(found_taps.inside, lies, words + WORD)
    plan = _plan(~found_taps.inside, out_c)
    rounds, rest = len(plan.inner) // INNER, _rest(plan, places, out_c)
    zeros = np.full(WORD, of("in_zero"), np.int8).view("<i4")
    return Call(
        "conv_2d_two_small_mve",
        {
            "blocks": size // CHUNK, "back": words % CHUNK - CHUNK, "tail": size % WORD - WORD, "zeros": int(zeros[0]),
            "places": _places(plan, places, out_c), "zero": of("in_zero"), "mixed": plan.mixed,
            "inner": rounds - plan.mixed, "channels": out_c,
            "pairs": _pairs(found, plan, of("in_zero"), of("out_zero")),
            "rest": rest if rest.size else NONE, "rest_bytes": rest.nbytes,
            "rest_blocks": _blocks(found, of("out_zero")) if rest.size else NONE,
        },
        scratch=words + BEHIND + VECTOR * (OF_INNER * rounds + OF_BORDER * plan.mixed),
    )  # fmt: skip


def _plan(outside: NDArray[np.bool_], out_c: int) -> Plan:
    """The fewest instructions for pixels of which `outside` says what of their windows is."""
    most = -(-int(outside.any(axis=1).sum()) // BORDER)
    plans = (
        _of_rounds(outside, lacked, mixed, some_left)
        for lacked in combinations_with_replacement(CORNERS, 2)
        for mixed in range(most + 1)
        for some_left in (False, out_c >= BLOCK)
    )
    return min((plan for plan in plans if plan is not None), key=lambda plan: plan.cost(out_c))


def _of_rounds(outside: NDArray[np.bool_], lacked: tuple[int, int], mixed: int, some_left: bool) -> Plan | None:
    """With so many `mixed` rounds, which come first. Where a round has too few pixels, some are computed twice; or the
    last pixels have no round."""
    ways = [set(np.flatnonzero(outside[:, at]).tolist()) for at in lacked]
    taken: set[int] = set()
    borders: list[list[int]] = []
    for way, other in (ways, ways[::-1]):
        found = sorted(way - taken, key=lambda i: (i in other, i))[: mixed * HALF]
        if mixed and not found:
            return None
        taken.update(found)
        borders.append(_filled(found, mixed * HALF))
    left = [i for i in range(len(outside)) if i not in taken]
    if mixed and not left:
        return None
    count = max(mixed, (len(left) if some_left else len(left) + INNER - 1) // INNER) * INNER
    return Plan(lacked, _filled(left[:count], count), borders[0], borders[1], left[count:])


def _filled(pixels: list[int], count: int) -> list[int]:
    return [pixels[i % len(pixels)] for i in range(count)]


def _places(plan: Plan, places: Ints, out_c: int) -> NDArray[np.int32]:
    """Of every round's windows and outputs, as the kernel gathers them."""
    windows = [np.delete(places, lacked, axis=1).astype("<u2").view("<i4") for lacked in plan.lacked]
    alone = places[:, plan.lacked[0]].astype("<i4")
    parts: list[Ints] = []

    def outputs(pixels: list[int]) -> Ints:
        return (np.array(pixels)[LANES] * out_c).astype("<u2").view("<i4")

    for start in range(0, len(plan.inner), INNER):
        pixels = plan.inner[start : start + INNER]
        front, back = pixels[:HALF], pixels[HALF:]
        parts += [windows[0][front], alone[front], windows[0][back], outputs(pixels), alone[back]]
        half = slice(start // INNER * HALF, start // INNER * HALF + HALF)
        first, second = plan.first[half], plan.second[half]
        if first:
            parts += [windows[1][second], windows[0][first[:-1]], outputs(second + first), windows[0][first[-1]]]
    return np.concatenate([part.reshape(-1) for part in parts]).astype(np.int32)


def _pairs(found: Folded, plan: Plan, in_zero: int, out_zero: int) -> NDArray[np.int32]:
    """By two channels: weights, begins and constants of all rounds."""
    weights = found.weights.reshape(-1, TAPS, IN_C).astype(np.int8)
    vectors = [
        np.ascontiguousarray(np.delete(weights, lacked, axis=1)).reshape(-1, PAIR * VECTOR).view("<i4")
        for lacked in plan.lacked
    ]
    begins = [found.bias + in_zero * weights[:, lacked].astype(np.int64).sum(axis=1) for lacked in plan.lacked]
    repeated = [np.repeat(row, HALF).reshape(-1, PAIR * HALF) for row in (*begins, found.second)]
    alone = weights[:, plan.lacked[0]].reshape(-1, PAIR * IN_C)
    zero = np.full((len(alone), 1), out_zero)
    parts = [*vectors, *repeated, found.multiplier.reshape(-1, PAIR), zero, alone, 0 * zero]
    return np.concatenate([part.astype(np.int64) for part in parts], axis=1).astype(np.int32).reshape(-1)


def _rest(plan: Plan, places: Ints, out_c: int) -> NDArray[np.int32]:
    """Places of both vectors of a window, the other 7 of the second being any; where the kernel goes for its output."""
    channels, parts, at = (out_c - BLOCK) * (len(plan.rest) > 0), [np.empty(0, np.int32)], 0
    for pixel in plan.rest:
        taps = np.append(places[pixel], np.repeat(places[pixel, -1:], 2 * BLOCK - TAPS)).astype("<u2")
        parts += [taps.view("<i4"), np.array([pixel * out_c - at])]
        at = pixel * out_c + channels
    return np.concatenate(parts).astype(np.int32)


def _blocks(found: Folded, out_zero: int) -> NDArray[np.int32]:
    """By 8 channels: what the pixels of no round take."""
    channels, parts = len(found.bias), []
    wide = np.zeros((channels, 2 * VECTOR), np.int8)
    wide[:, : TAPS * IN_C] = found.weights.reshape(channels, -1)
    starts = [*range(0, channels - BLOCK, BLOCK), channels - BLOCK]
    for start, following in zip(starts, [*starts[1:], starts[-1]], strict=True):
        chosen = start + np.array(ORDER)
        begins = found.bias[chosen]
        parts += [begins[:3], [out_zero], begins[3:], wide[chosen].view("<i4").reshape(-1), found.multiplier[chosen]]
        parts += [found.second[chosen], [following - start]]
    return np.concatenate([np.asarray(part).astype(np.int64) for part in parts]).astype(np.int32)
