"""The values that `benchmarks/bounds_pointwise_dsp.py` counts loads and stores with, over all that registers hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import pytest

from benchmarks.bounds_pointwise_dsp import PROVEN, REGISTERS, UNIT, UNSAVED, Values, gain, least
from benchmarks.bounds_words_dsp import Ends, Together, of_word


@pytest.mark.parametrize(("channels", "open_"), list(PROVEN))
def test_what_a_stay_adds(channels: int, open_: bool) -> None:
    """No more than it costs, with a register less where it stores, or an instruction more; half with five registers."""
    charge = PROVEN[channels, open_]
    values = charge.values
    assert values.open == open_
    assert UNIT < channels * (values.chained + 1) <= UNIT + channels
    for registers, part in ((REGISTERS, 1), (UNSAVED, 2)):
        for n in range(registers):
            nothing, no_pointer, words = (more - n * charge.expanded for more in gain(values, n, registers))
            assert part * nothing <= UNIT
            assert part * no_pointer <= 2 * UNIT
            assert part * words <= 3 * UNIT
            if n < registers - 1:
                _, stored, words = (more - n * charge.expanded for more in gain(values, n, registers - 1))
                assert part * stored <= UNIT
                assert part * words <= 2 * UNIT


def test_what_is_worth_less_than_an_instruction() -> None:
    for charge in PROVEN.values():
        values = charge.values
        assert max(*values.sums, *values.words, values.output, charge.expanded) < UNIT
        assert 4 * values.alone > 4 * values.output - UNIT  # a word all stored as bytes takes one more


def test_bytes_take_no_fewer_instructions() -> None:
    """Of every word, whichever outputs are put together: `of_word` less what the others' joints and clamps are."""
    kinds = Ends(-128, 127), Ends(-256, 255), Ends(-257, 0)
    for ends in product(kinds, repeat=4):
        whole = of_word(ends)
        for count in range(5):
            for together in combinations(range(4), count):
                alone = sum(2 - end.inside for i, end in enumerate(ends) if i not in together)
                rest = of_word([end if i in together else kinds[0] for i, end in enumerate(ends)]).least - (4 - count)
                more = alone + (rest if count else 0) - whole.least
                assert more >= (count == 0 or (count == 1 and not whole.open))
                wide = all(end == kinds[2] for end in ends)
                assert more == 0 or not wide or together not in ((0, 2), (0, 1, 2), (0, 1, 2, 3))


def worth(
    *sums: int,
    words: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0),
    output: int = 0,
    alone: int = 0,
    chained: int = 0,
) -> Values:
    """In instructions."""
    none, one, whole, multiplied = (UNIT * n for n in sums)
    first, second, third, fourth = (UNIT * n for n in words[1:])
    of_words = (0, first, second, third, fourth)
    return Values(UNIT * output, (none, one, whole, multiplied), of_words, UNIT * alone, UNIT * chained)


def test_stays_by_hand() -> None:
    """Of 14 registers, where only one kind of step is worth something."""
    for values, most in (
        (worth(0, 0, 0, 0, words=(0, 1, 2, 3, 4)), 13),  # sums that met their multiplier, and the divider
        (worth(0, 0, 0, 1), 13),  # whole sums of one channel, and its multiplier
        (worth(0, 0, 1, 1, chained=1), 8),  # sums of four channels and two pixels that want the last pair
        (worth(0, 1, 1, 1, chained=1), 24),  # a word of weights and the bias of four channels, six pixels
        (worth(0, 0, 0, 0, words=(0, 0, 0, 0, 4)), 24),  # of six words three outputs, a sum each; the divider
    ):
        assert gain(values)[0] == most * UNIT
    assert gain(worth(0, 0, 0, 0, output=1))[:2] == (0, 0)
    assert gain(worth(0, 0, 0, 0, output=1))[2] == 14 * 4 * UNIT  # words that were put together
    assert gain(worth(0, 0, 0, 0, alone=1))[1] == 14 * 2 * UNIT  # halves that were put together


def test_values_are_near_the_best() -> None:
    """More for anything in progress adds more than a stay costs."""
    values = PROVEN[16, True].values
    _, one, whole, multiplied = values.sums
    for sums in ((0, 2 * one, whole, multiplied), (0, one, whole + one, multiplied)):
        assert gain(replace(values, sums=sums))[0] > UNIT
    for i in range(1, 5):
        none, one, two, three, four = (word + UNIT // 10 * (i == k) for k, word in enumerate(values.words))
        assert gain(replace(values, words=(none, one, two, three, four)))[0] > UNIT
    assert gain(replace(values, chained=0))[0] > UNIT
    assert gain(replace(values, output=values.output + UNIT // 100), registers=REGISTERS - 1)[2] > 2 * UNIT
    assert gain(replace(values, alone=values.alone + UNIT // 100), registers=REGISTERS - 1)[1] > UNIT


def test_layers() -> None:
    """What kernels take is above."""
    some = Together(1.5, 1.5, 1.5, True)
    assert 1.5 * 4 * 196 < least(4, 196, 49, Together(1.25, 1.25, 1.25, True)) < 1_753
    for outputs, pixels, instructions in ((1152, 144, 7_939), (392, 49, 2_929), (64, 4, 438)):
        assert 5.5 * outputs < least(4, outputs, pixels, some) < least(4, outputs, pixels) < instructions
    for outputs, pixels, instructions in ((4096, 256, 26_898), (9216, 144, 58_779), (1440, 144, 9_817)):
        assert 5.5 * outputs < least(4, outputs, pixels, some) <= least(4, outputs, pixels) < instructions
    less = least(4, 1152, 144) - least(4, 1152, 144, Together(1.25, 1.25, 1.25))
    assert less == pytest.approx(1152 / 4)
    assert 1.5 * 4 * 64 < least(4, 64, 1) < 434  # where all constants are of use once
    assert least(8, 64, 1) == least(5, 576, 144) == least(4, 432, 144) == 0.0
