"""What the bounds of 1x1 convolutions on Helium rest on: searches through all states."""

from __future__ import annotations

import pytest

from benchmarks import bounds_pointwise_helium as bounds
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
    ("filters", "group"), [(4, (2, 2)), (8, (6, 2)), (8, (5, 3)), (8, (4, 4)), (16, (7, 1)), (5, (3, 1))]
)
def test_sums_of_a_load(filters: int, group: tuple[int, ...]) -> None:
    """And a little less than that is not enough."""
    most, more = bounds.BACK.get(filters, bounds.OF_TWO_KINDS)
    found = gained(group, most)
    assert found is not None and found <= more
    less = gained(group, most - 0.5)
    assert less is None or less > more


def test_bounds_by_hand() -> None:
    """64 windows into 8: 17 and 992, 33 loads, 32 LDM, 31.4 loads of sums."""
    assert bounds.least(64, 8, 0) == 1106
    assert bounds.least(64, 8, 8) == 1098  # 8 loads, 8 stores and 8 stores of constants instead of 32 LDM
    assert bounds.least(64, 8, 4) == 1106  # 16, 8 and 8
    assert bounds.least(1, 8, 0) == 14 + 8 + 1 + 6 + 1 + 2
    assert bounds.back(28, 1) == 4 and bounds.back(40, 16) == 8
