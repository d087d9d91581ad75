"""The values that `benchmarks/bounds_pointwise_dsp.py` counts loads and stores with, over all that registers hold."""

from __future__ import annotations

import pytest

from benchmarks.bounds_pointwise_dsp import PROVEN, REGISTERS, UNIT, UNSAVED, Values, gain, least


@pytest.mark.parametrize(("own", "channels"), list(PROVEN))
def test_what_a_stay_adds(own: bool, channels: int) -> None:
    """No more than it costs; with five registers less than half."""
    charge = PROVEN[own, channels]
    assert UNIT < channels * (charge.values.chained + 1) <= UNIT + channels
    for registers, part in ((REGISTERS, 1), (UNSAVED, 2)):
        for n in range(registers):
            without, stored = (more - n * charge.expanded for more in gain(charge.values, own, n, registers))
            assert part * without <= UNIT
            assert part * stored <= 2 * UNIT


def test_what_is_worth_less_than_an_instruction() -> None:
    for (own, _), charge in PROVEN.items():
        values = charge.values
        assert max(*values.sums, *values.words, charge.expanded) < UNIT
        assert 2 * values.output < UNIT  # less than half of one, as SSAT and STRB are more than PKHBT and its like
        more, alone = 4 * values.output - UNIT, 4 * values.output - values.words[-1]  # of a word stored alone
        assert not own or (13 * more < UNIT and 5 * alone < UNIT)


def worth(
    *sums: int, words: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0), output: int = 0, chained: int = 0
) -> Values:
    """In instructions."""
    none, one, whole, multiplied = (UNIT * n for n in sums)
    first, second, third, fourth = (UNIT * n for n in words[1:])
    return Values(UNIT * output, (none, one, whole, multiplied), (0, first, second, third, fourth), UNIT * chained)


def test_stays_by_hand() -> None:
    """Of 14 registers, where only one kind of step is worth something."""
    for values, most in (
        (worth(0, 0, 0, 0, words=(0, 1, 2, 3, 4)), 13),  # sums that met their multiplier, and the divider
        (worth(0, 0, 0, 1), 13),  # whole sums of one channel, and its multiplier
        (worth(0, 0, 1, 1, chained=1), 8),  # sums of four channels and two pixels that want the last pair
        (worth(0, 1, 1, 1, chained=1), 24),  # a word of weights and the bias of four channels, six pixels
        (worth(0, 0, 0, 0, words=(0, 0, 0, 0, 4)), 16),  # of four words two outputs, two sums each; the divider
        (worth(0, 0, 0, 0, output=1), 0),
    ):
        assert gain(values)[0] == most * UNIT
    assert gain(worth(0, 0, 0, 0, output=1))[1] == 14 * 4 * UNIT  # words that were put together


def test_values_are_near_the_best() -> None:
    """More for anything in progress adds more than a stay costs, and so do words of several pixels."""
    values = PROVEN[True, 8].values
    _, one, whole, multiplied = values.sums
    for sums in ((0, 2 * one, whole, multiplied), (0, one, whole + one, multiplied)):
        assert gain(Values(values.output, sums, values.words, values.chained))[0] > UNIT
    assert gain(Values(values.output, values.sums, values.words, 0))[0] > UNIT
    assert gain(values, own=False)[0] > UNIT


def test_layers() -> None:
    """What kernels take is above; into 8 channels the limit of 1.5 a product is below."""
    for outputs, pixels, instructions in ((1152, 144, 7_939), (392, 49, 2_929)):
        assert 1.5 * 4 * outputs < least(4, outputs, pixels) < instructions
    for outputs, pixels, instructions in ((4096, 256, 26_898), (9216, 144, 58_779), (1440, 144, 12_262), (64, 4, 438)):
        assert 5.5 * outputs < least(4, outputs, pixels) < instructions
    assert least(4, 1152, 144) - least(4, 1152, 144, together=1.25) == 1152 / 4
    assert 1.5 * 4 * 64 < least(4, 64, 1) < 434  # where all constants are of use once
    assert least(8, 64, 1) == least(5, 576, 144) == 0.0
