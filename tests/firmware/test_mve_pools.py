"""Pooling on Helium: the simulator's integers for every kind of window, and where the forms end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from edgekit.backends.c.forms.mve.average_pool_2d import FRACTION, FRACTION_OF_HALVES, LARGEST_WINDOW
from tests.firmware.pools import cases, halves_away, kernels_of, pool_graph
from tests.firmware.proof import prove

CASES = cases("cortex-m55")


def test_emulated(tmp_path: Path) -> None:
    prove(CASES, "qemu-m55", tmp_path)


def test_every_kernel_is_proven() -> None:
    found = Counter(kernel for case in CASES for kernel in kernels_of(case.graph, "cortex-m55")[case.candidate :][:1])
    for kernel in ("max_pool_2d_two", "max_pool_2d_four", "max_pool_2d_nine", "max_pool_2d_two_few",
                   "max_pool_2d_four_few", "max_pool_2d_nine_few", "max_pool_2d_two_words",
                   "max_pool_2d_four_words", "max_pool_2d_nine_words", "max_pool_2d", "average_pool_2d_two",
                   "average_pool_2d_four", "average_pool_2d_nine", "average_pool_2d"):  # fmt: skip
        assert found[f"{kernel}_mve"] >= 2, found


@pytest.mark.parametrize(
    ("kind", "shape", "window", "stride", "expected"),
    [
        ("max", (1, 6, 6, 7), (2, 2), (2, 2), ["max_pool_2d_four_few_mve", "max_pool_2d_four_mve"]),
        ("max", (1, 6, 6, 8), (2, 2), (2, 2), ["max_pool_2d_four_words_mve", "max_pool_2d_four_mve"]),
        ("max", (1, 6, 6, 9), (2, 2), (2, 2), ["max_pool_2d_four_mve"]),
        ("max", (1, 6, 60, 3), (2, 2), (2, 21), ["max_pool_2d_four_few_mve", "max_pool_2d_four_mve"]),  # 254
        ("max", (1, 6, 60, 3), (2, 2), (2, 22), ["max_pool_2d_four_mve"]),
        ("max", (1, 6, 6, 8), (2, 3), (2, 3), []),
        ("average", (1, 6, 6, 4), (2, 2), (2, 2), ["average_pool_2d_four_mve"]),
        ("average", (1, 6, 6, 4), (2, 1), (2, 2), ["average_pool_2d_two_mve"]),
        ("average", (1, 6, 6, 4), (3, 3), (2, 2), ["average_pool_2d_nine_mve"]),
        ("average", (1, 6, 6, 4), (1, 3), (2, 2), []),
        ("average", (1, 15, 17, 4), (15, 17), (15, 17), []),
    ],
)
def test_where_forms_end(
    kind: str, shape: tuple[int, ...], window: tuple[int, int], stride: tuple[int, int], expected: list[str]
) -> None:
    found = kernels_of(pool_graph(kind, shape, window, stride), "cortex-m55")
    assert found == [*expected, f"{kind}_pool_2d_mve", f"{kind}_pool_2d"]


def test_windows_of_too_many_values() -> None:
    assert kernels_of(pool_graph("average", (1, 16, 16, 4), (16, 16), (1, 1)), "cortex-m55") == ["average_pool_2d"]


@pytest.mark.parametrize(("fraction", "most"), [(FRACTION, LARGEST_WINDOW), (FRACTION_OF_HALVES, 16)])
def test_quotients_of_all_sums(fraction: int, most: int) -> None:
    """What VQRDMULH multiplies by is right for every sum of every window; of 17 values halfwords are too short."""
    for count in range(2, most + 2):
        sums = np.arange(-128 * count, 127 * count + 1)
        found = (2 * sums * ((1 << fraction) // count + 1) + (1 << fraction)) >> (fraction + 1)
        exact = np.array_equal(found, halves_away(sums, count))
        assert exact or count > most
    assert exact == (fraction == FRACTION)
    assert LARGEST_WINDOW * 128 < 1 << 15 <= (LARGEST_WINDOW + 1) * 128
