"""The values that `benchmarks/bounds_pointwise_five_dsp.py` counts loads with, over all that registers hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product
from math import ceil
from operator import and_, or_

import pytest

from benchmarks import bounds, sweep
from benchmarks.bounds_pointwise_dsp import REGISTERS, UNSAVED
from benchmarks.bounds_pointwise_five_dsp import BROUGHT, EXPANDED, UNIT, VALUES, Values, gain, least
from benchmarks.bounds_words_dsp import CLAMPED, Ends, of_channels, of_word

MULTIPLIED, DONE, WHOLE = 8, 9, 7  # of a sum, besides a bit for each of its products
State = tuple[tuple[int, ...], tuple[bool, ...]]  # sums, and pixels that were made of bytes
Effect = tuple[tuple[int, ...], tuple[bool, ...], bool, int, tuple[bool, ...]]


def adds(values: Values, registers: int = REGISTERS, expanded: int = EXPANDED) -> int:
    return max(gain(values, n, registers) - n * expanded for n in range(registers + 1))


def test_what_a_stay_adds() -> None:
    """No more than an instruction; with five registers less than half. An output is worth less than one too."""
    assert adds(VALUES) == UNIT
    assert 2 * adds(VALUES, UNSAVED) < UNIT
    assert max(VALUES.output, EXPANDED) < UNIT


@pytest.mark.parametrize(
    "more",
    [
        {"output": VALUES.output + 1},
        {"pairs": (0, 7, 13)},
        {"pairs": (0, 0, 14)},
        {"with_fifth": (0, 7, 13)},
        {"with_fifth": (0, 0, 12)},
        {"multiplied": VALUES.multiplied - 1},
        {"multiplied": VALUES.output},
    ],
)
def test_values_are_near_the_best(more: dict[str, int]) -> None:
    """Other ones add more than a stay costs."""
    assert adds(replace(VALUES, **more)) > UNIT  # type: ignore[arg-type]


def test_pairs_that_come_from_bytes_are_charged() -> None:
    assert adds(VALUES, expanded=EXPANDED - 1) > UNIT


def test_stays_by_hand() -> None:
    """Of 14 registers, where only one kind of step is worth something."""
    none = (0, 0, 0)
    for values, expanded, most in (
        (Values(1, none, none, 0), 0, 13),  # sums that met their multiplier, and the divider
        (Values(0, none, none, 1), 0, 13),  # whole sums of one channel, and its multiplier
        (Values(0, none, (0, 0, 1), 0), 0, 13),  # sums of one channel that want their fifth product, and its weight
        (Values(0, (0, 1, 1), (0, 1, 1), 1), 0, 49),  # a pair of seven pixels and seven channels
        (Values(0, (0, 0, 1), (0, 0, 1), 1), 0, 12),  # all pairs of three pixels and four channels
        (Values(0, (0, 0, 1), (0, 0, 1), 1), 6, 24),  # of six pixels that come from bytes, and four channels
    ):
        assert gain(values, expanded) == most


def effects(pixels: int, channels: int, registers: int) -> list[Effect]:
    """What words in registers make possible: products of each sum, multipliers, the divider; the registers that are
    left for sums, and pixels that are made of bytes. None is less than another."""
    words: list[tuple[int, tuple[object, ...]]] = [(2, ("divider",))]
    for p in range(pixels):
        words += [(2, ("x", p, 0)), (2, ("x", p, 1)), (2, ("bytes", p))]
    for c in range(channels):
        words += [(2, ("w", c, 0)), (2, ("w", c, 1)), (2, ("multiplier", c)), (1, ("w", c, 2))]
    found: set[Effect] = set()
    for count in range(2 * registers + 1):
        for some in combinations(words, count):
            room = 2 * registers - sum(size for size, _ in some)
            if room < 0:
                continue
            there = {word for _, word in some}
            made = tuple(("bytes", p) in there for p in range(pixels))
            possible = tuple(
                sum(1 << n for n in range(3) if ("w", c, n) in there and (n == 2 or made[p] or ("x", p, n) in there))
                for p, c in product(range(pixels), range(channels))
            )
            multipliers = tuple(("multiplier", c) in there for c in range(channels))
            found.add((possible, multipliers, ("divider",) in there, room // 2, made))

    def less(a: Effect, b: Effect) -> bool:
        return (
            all(x | y == y for x, y in zip(a[0], b[0], strict=True))
            and all(x <= y for x, y in zip((*a[1], a[2], a[3]), (*b[1], b[2], b[3]), strict=True))
            and all(x >= y for x, y in zip(a[4], b[4], strict=True))
        )

    left: list[Effect] = []
    for one in sorted(found, key=lambda e: (-sum(e[0]) - sum(e[1]) - e[2] - e[3], sum(e[4]))):
        if not any(less(one, other) for other in left):
            left.append(one)
    return left


def after(sum_: int, products: int, multiplier: bool, divider: bool) -> int:
    """What a sum is that goes on as far as it can."""
    if sum_ < MULTIPLIED:
        sum_ |= products
        sum_ = MULTIPLIED if sum_ == WHOLE and multiplier else sum_
    return DONE if sum_ == MULTIPLIED and divider else sum_


def fewest_stays(pixels: int, channels: int, registers: int) -> int:
    """By a search over all that registers can hold at the beginning of each stay."""
    possible = effects(pixels, channels, registers)
    states: set[State] = {((0,) * (pixels * channels), (False,) * pixels)}
    stays = 0
    while not any(all(sum_ == DONE for sum_ in sums) for sums, _ in states):
        found: set[State] = set()
        for (sums, made), (products, multipliers, divider, room, makes) in product(states, possible):
            if any(map(and_, made, makes)):
                continue
            went_on = [i for i, sum_ in enumerate(sums) if sum_ not in (0, DONE)]
            for held in combinations(went_on, min(room, len(went_on))):
                ends = []
                for i, sum_ in enumerate(sums):
                    words = products[i], multipliers[i % channels], divider
                    begins = sum_ in (0, DONE) or i in held
                    ends.append((after(sum_, *words),) if begins else (sum_, after(0, *words)))  # or begins again
                both = tuple(map(or_, made, makes))
                found |= {(end, both) for end in product(*ends)}
        states, stays = _most(found), stays + 1
    return stays


def _most(states: set[State]) -> set[State]:
    """Without those of which another has done all, and more."""

    def done(a: int, b: int) -> bool:
        return a | b == b if b <= WHOLE else a <= b

    def less(a: State, b: State) -> bool:
        return all(map(done, a[0], b[0])) and all(x >= y for x, y in zip(a[1], b[1], strict=True))

    left: list[State] = []
    for state in sorted(states, key=lambda s: (-sum(s[0]), sum(s[1]))):
        if not any(less(state, other) for other in left):
            left.append(state)
    return set(left)


@pytest.mark.parametrize(
    ("registers", "values", "unit", "expanded", "layers"),
    [
        (5, Values(12, (0, 2, 6), (0, 3, 8), 9), 12, 2, ((1, 1, 2), (1, 2, 3), (2, 1, 2))),
        (6, Values(35, (0, 0, 15), (0, 10, 20), 23), 60, 0, ((1, 1, 1), (1, 2, 2), (2, 1, 2))),
    ],
)
def test_no_schedule_of_a_small_machine_has_fewer_stays(
    registers: int, values: Values, unit: int, expanded: int, layers: tuple[tuple[int, int, int], ...]
) -> None:
    assert adds(values, registers, expanded) <= unit
    for pixels, channels, stays in layers:
        assert fewest_stays(pixels, channels, registers) == stays
        assert stays >= ceil((values.output * channels - expanded) * pixels / unit)


@pytest.mark.slow
@pytest.mark.parametrize(("registers", "stays", "bound"), [(5, 4, (4 * 12 - 2 * 2) / 12), (6, 3, 4 * 35 / 60)])
def test_two_pixels_and_channels_of_a_small_machine(registers: int, stays: int, bound: float) -> None:
    """By the values above, as many as a search finds."""
    assert fewest_stays(2, 2, registers) == stays == ceil(bound)


@pytest.mark.parametrize("pixels", [2, 3])
def test_what_brings_inputs(pixels: int) -> None:
    """Of pixels in a circle, over all registers with inputs two bytes apart: none is spared but for a product more of
    all of a pixel's outputs."""
    inputs = 5 * pixels
    for bits in range(1 << inputs):
        registers = [n for n in range(inputs) if bits >> n & 1]  # with inputs n and n + 2
        if {n for first in registers for n in (first, (first + 2) % inputs)} == set(range(inputs)):
            of_three = sum(
                5 * p + 1 in registers and (5 * p in registers or 5 * p + 2 in registers) for p in range(pixels)
            )
            assert len(registers) >= BROUGHT * pixels - (pixels - of_three)


def fewest_together(ends: Sequence[Ends], outputs: int) -> float:
    """Of outputs that follow each other, bytes and words at any address; one that is not aligned has its own store."""

    def joined(at: int, places: Sequence[int]) -> float:
        """With what joins them and clamps, and with the others of the word as bytes."""
        word = [ends[(at + k) % len(ends)] for k in range(4)]
        alone = sum(1 if word[k].inside else 2 for k in range(4) if k not in places)
        clamped = [[word[k] for k in pair if k in places and not word[k].inside] for pair in ((0, 2), (1, 3))]
        odd = 1 if len(clamped[1]) == 2 and all(one.nearly for one in clamped[1]) else len(clamped[1])
        return len(places) - 1 + bool(clamped[0]) + odd + alone

    least = [0.0]
    for end in range(1, outputs + 1):
        found = [least[-1] + (1 if ends[(end - 1) % len(ends)].inside else 2)]
        at = end - 4
        if at >= 0:
            some = [places for n in (1, 2, 3, 4) for places in combinations(range(4), n)]
            words = [of_word([ends[(at + k) % len(ends)] for k in range(4)]).least, *[joined(at, p) for p in some]]
            found.append(least[at] + min(words) + (at % 4 > 0))
        if end >= 3 and end < outputs:  # a word whose last byte another store writes
            last = ends[end % len(ends)]
            found.append(least[end - 3] + joined(end - 3, (0, 1, 2)) - (1 if last.inside else 2) + 1)
        least.append(min(found))
    return least[-1]


@pytest.mark.parametrize("outputs", [24, 25, 26, 27])
def test_no_other_words_of_three_channels_take_less(outputs: int) -> None:
    kinds = Ends(-128, 127), Ends(-256, 255), Ends(-300, 300)
    for ends in product(kinds, repeat=3):
        assert fewest_together(ends, outputs) == pytest.approx(outputs * of_channels(ends, outputs).least)


def test_layers() -> None:
    """What kernels take is above; into 3 channels the limit of 1.5 a product is below."""
    for outputs, pixels, together, instructions in ((432, 144, 17 / 12, 4_095), (147, 49, 10 / 7, 1_731)):
        assert 1.5 * 5 * outputs < least(outputs, pixels, together) < instructions
    for outputs, pixels, instructions in (
        (576, 144, 5_286),
        (1152, 144, 9_462),
        (2304, 144, 17_158),
        (144, 144, 3_334),
    ):
        assert 6.5 * outputs + 3 * pixels < least(outputs, pixels, CLAMPED.least) < instructions
    assert least(12, 4, 1.5) - least(12, 4, 1.0) == pytest.approx(12 / 2)


def test_what_the_sweep_says() -> None:
    """1x1 layers of five inputs into three channels are bounded."""
    for stride, size in ((1, 12), (2, 13)):
        layer = sweep.conv((1, 1), stride, 5, 3, (size, size))
        assert layer is not None
        shape = layer.shape({1: 1})
        assert sweep.LIMITS["m4"]["pointwise"] * layer.outputs * layer.terms < bounds.least("m4", shape)
        assert bounds.least("m4", shape) <= bounds.argued("m4", shape)


def test_two_channels_share_a_fifth_product() -> None:
    """Of 8 and 16 channels 4 and 8 products less, for an instruction more of a pixel; 8 are over the limit `argued`."""
    for units, argued_over in ((8, True), (16, False)):
        layer = sweep.conv((1, 1), 1, 5, units, (12, 12))
        assert layer is not None
        shape = layer.shape({1: 1})
        found = least(layer.outputs, 144, shape.together.least)
        assert bounds.least("m4", shape) == pytest.approx(found - 144 * (units // 2 - 1))
        limit = sweep.LIMITS["m4"]["pointwise"] * layer.outputs * layer.terms
        assert bounds.least("m4", shape) < limit
        assert (bounds.argued("m4", shape) > limit) is argued_over
