"""The charges that `benchmarks/bounds_pointwise_dsp.py` counts loads with, over all that registers can hold."""

from __future__ import annotations

from itertools import product

import pytest

from benchmarks.bounds_pointwise_dsp import (
    ALL,
    CHARGES,
    PROVEN,
    REGISTERS,
    UNIT,
    UNSAVED,
    Charge,
    Values,
    argued,
    gain,
    least,
)


@pytest.mark.parametrize(("inputs", "own"), list(CHARGES))
@pytest.mark.parametrize(
    ("charges", "registers", "chained"), [(CHARGES, REGISTERS, False), (PROVEN, ALL, True)], ids=("argued", "proven")
)
def test_what_a_stay_adds(
    charges: dict[tuple[int, bool], Charge], registers: int, chained: bool, inputs: int, own: bool
) -> None:
    charge = charges[inputs, own]
    added = [gain(inputs // 2, charge.values, own, n, registers, chained) for n in range(registers)]
    assert added[0] == charge.most
    assert max(-(-(more - charge.most) // n) for n, more in enumerate(added) if n) == charge.expanded


def worth(*sums: int, words: tuple[int, ...] = (0, 1, 2, 3, 4)) -> Values:
    """In outputs."""
    return Values(tuple(UNIT * n for n in sums), tuple(UNIT * n for n in words))


def test_stays_by_hand() -> None:
    """Of 13 registers, where only one kind of step is worth something."""
    assert gain(2, worth(0, 0, 0, 0)) == 12 * UNIT  # sums that met their multiplier, and the divider
    assert gain(2, worth(0, 0, 0, 1)) == 12 * UNIT  # whole sums of one channel, and its multiplier
    assert gain(2, worth(0, 0, 1, 1)) == 7 * UNIT  # sums of a pair that were there, and six words for the other
    assert gain(2, worth(0, 1, 1, 1)) == 3 * 7 * UNIT  # a word of weights and the bias of three channels, seven pixels
    last = worth(0, 0, 0, 0, words=(0, 0, 0, 0, 4))
    assert gain(2, last) == 4 * 4 * UNIT  # of each word two outputs, two sums that met their multiplier; the divider


def test_values_are_near_the_best() -> None:
    """Much less or more for anything in progress charges more."""
    charge = CHARGES[4, True]
    sums, words = charge.values.sums, charge.values.words
    for factor, at in product((0.5, 1.5), (2, 3)):
        moved = [tuple(int(v * factor) if i == at else v for i, v in enumerate(of)) for of in (sums, words)]
        for values in (Values(moved[0], words), Values(sums, moved[1])):
            assert gain(2, values) > charge.most


def test_more_than_is_proven_adds_more() -> None:
    for (inputs, own), charge in CHARGES.items():
        pairs, values = inputs // 2, charge.values
        one_more = gain(pairs, values, own, registers=ALL)
        assert charge.most < one_more < gain(pairs, values, own, registers=ALL, chained=True)


def test_few_registers_add_less_than_half() -> None:
    for (inputs, own), charge in PROVEN.items():
        for n in range(UNSAVED):
            added = gain(inputs // 2, charge.values, own, n, UNSAVED, chained=True)
            assert 2 * (added - n * charge.expanded) < charge.most


def test_layers() -> None:
    """What kernels take is above; what the limit of 1.5 a product allows is below what is argued."""
    taken = ((4, 1152, 144, 7_939), (4, 2304, 144, 15_139), (4, 64, 4, 438), (4, 64, 1, 434))
    for inputs, outputs, pixels, instructions in taken:
        assert 1.5 * inputs * outputs < argued(inputs, outputs, pixels) < instructions
        assert least(inputs, outputs, pixels) < argued(inputs, outputs, pixels)
    assert least(4, 64, 1) > 1.5 * 4 * 64  # where all constants are of use once
    assert least(8, 64, 1) == least(5, 576, 144) == 0.0
