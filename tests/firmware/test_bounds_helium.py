"""What the bounds of 1x1 convolutions on Helium rest on: searches through all states."""

from __future__ import annotations

from fractions import Fraction

import pytest

from benchmarks import bounds
from benchmarks import bounds_pointwise_helium as pointwise
from tests.firmware.sums_and_constants import gained
from tests.firmware.sums_that_go_on import chains, within


@pytest.mark.parametrize(
    ("count", "registers", "steps", "apart"),
    [
        (2, 4, 3, 12), (2, 4, 4, 12), (2, 4, 5, 14), (3, 5, 3, 6),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in ((2, 4, 6, 16), (2, 4, 7, 18), (3, 5, 4, 9))),
    ],
)  # fmt: skip
def test_chains_take_a_load_a_step_but_two(count: int, registers: int, steps: int, apart: int) -> None:
    found = list(chains(count, steps, apart))
    assert len(found) > 20
    assert not any(within(paths, registers, steps - 3) for paths in found)
    if count == 2:  # which come that far
        assert any(within(paths, registers, steps - 2) for paths in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("filters", "group"),
    [(4, (2, 2)), (8, (6, 2)), (8, (5, 3)), (8, (4, 4)), (16, (7, 1)), (5, (3, 1)), (10, (0, 0)), (10, (0,))],
)
def test_sums_of_a_load(filters: int, group: tuple[int, ...]) -> None:
    """And a little less than that is not enough. Where no group is stored without places, `argued` has less."""
    most, more = pointwise.BACK.get(filters, pointwise.OF_TWO_KINDS if any(group) else pointwise.AT_PLACES)
    found = gained(group, most)
    assert found is not None and found <= more
    less = gained(group, most - 0.5)
    assert less is None or less > more


def test_bounds_by_hand() -> None:
    """64 windows into 8: 16 and 992, 32 of these stores, or 6 of 96 outputs; 33 loads, 32 LDM, 31.4 loads of sums."""
    assert pointwise.least(64, 8, 0, 16) == 1105
    assert pointwise.least(64, 8, 0, bounds.STORED) == 1105 - 26
    assert pointwise.least(64, 8, 8, 16) == 1096  # 8 loads, 8 stores and 7 stores of constants instead of 32 LDM
    assert pointwise.least(64, 8, 4, 16) == 1103  # 16, 8 and 6
    assert pointwise.least(1, 8, 0, bounds.STORED) == 13 + 8 + 1 + 6 + 1 + 2
    assert pointwise.back(28, 1) == 4 and pointwise.back(40, 16) == 8


def test_argued_by_hand() -> None:
    """What two instructions of places and first multipliers, whole loads, and addresses add."""
    assert pointwise.argued(64, 8, 0, 16, 1) == 1105 + 2
    # 2 additions to 7 addresses, an LDM of these, a load of what is added; an address for 7 stores of constants
    assert pointwise.argued(64, 8, 8, 16, 1) == 1096 + 2 + 3 + 1 + 1
    # rows of pictures of their own
    assert pointwise.argued(56, 10, 7, 16, 8) == pointwise.argued(56, 10, 7, 16, 1) - 3 - 1
    # 17 and 1054; 1 and 35 loads, as 34 pairs do not meet 16 filters by fours, 34 LDM, 34 loads of sums
    assert pointwise.argued(68, 8, 0, 16, 4) == 17 + 1054 + 36 + 34 + 34 + 1
    # 17 and 952; 1 and 32 loads, 14 and 6 of copies and constants, 31 of sums
    assert pointwise.argued(49, 10, 7, 16, 1) == 17 + 952 + 33 + 20 + 31 + 1 + 5


def test_loads_between_which_all_meet() -> None:
    """Some that are enough: 34 pairs and 16 filters by fours, but two pairs that meet 4, 6 and 6; 15 and 6, 5 by 3."""
    assert 34 < pointwise.blocks(34, 16) <= 32 + 3
    assert pointwise.blocks(15, 6) == 3 * 2
    assert [pointwise.blocks(n, 8) for n in (4, 64, 4096)] == [2, 32, 2048]
    assert pointwise.blocks(49, 10) == 49 * (Fraction(1, 4) + Fraction(2, 5))


def test_only_what_is_proven() -> None:
    """Of layers of several vectors of outputs, stores of several are not excluded; a window's free lanes cost nothing
    where another window may share them, nor a sample's."""
    plane = bounds.Shape("conv", 1, 64, 512, 64, 1, 9, {9: 1})
    assert bounds.argued("m55", plane) - bounds.least("m55", plane) == 32 - 6
    assert bounds.least("m55", plane) == 14 + 512 * (7 / 8 + 1 / 28 + 17 / 16) + 6
    for samples, units, inputs in ((4, 16, 10), (4, 64, 8), (1, 64, 10)):
        least, argued = (bounds.connected_on_helium(samples, units, inputs, stored) for stored in (bounds.STORED, 16))
        assert argued - least == samples * units // 16 - -(-samples * units // bounds.STORED)
    free, full = (bounds.connected_on_helium(4, 2, inputs) for inputs in (15, 16))
    assert full - free == 1  # the LDM of biases


def test_lanes_of_outputs_where_inputs_are_few() -> None:
    """A multiplication for 4 outputs and each input up to where a VMLADAV is cheaper; 14 for the call, 11 stores."""

    def least(inputs: int, kind: str = "pointwise") -> float:
        return bounds.least("m55", bounds.Shape(kind, 1, 1000, 1000, 1000 * inputs, inputs, inputs, {1: 1}))

    assert [least(n) for n in (2, 3, 4)] == [14 + 11 + 1000 * (3 / 4 + n / 4) for n in (2, 3, 4)]
    assert least(2, "conv") == least(5) < 14 + 11 + 1000 * (3 / 4 + 5 / 4)
