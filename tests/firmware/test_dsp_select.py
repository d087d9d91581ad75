"""Outputs that SEL puts together: which channels can be where, exact over every accumulator that they claim."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edgekit.backends.c.forms.dsp._requantize import Folded, fold
from edgekit.backends.c.forms.dsp._select import CLAMPED, INSIDE, selected
from edgekit.reference.arithmetic import multiply, quantize_multipliers

Ints = NDArray[np.int64]
SHIFTS = range(2, 8)
ZEROS = (-128, -1, 0, 5, 127)


def channel(e: int, first: int, last: int, zero: int, fraction: float) -> tuple[Folded, NDArray[np.float64], Ints]:
    """One whose outputs before the clamp are `first` to `last`, and its accumulators."""
    real = np.array([fraction * 2.0**-e])
    steps = np.arange(-(1 << 18), 1 << 18)
    m, shift = quantize_multipliers(real)
    outputs = multiply(steps, m[0], shift[0]) + zero
    low, high = (int(steps[np.searchsorted(outputs, first)]), int(steps[np.searchsorted(outputs, last, "right") - 1]))
    terms = -(-(high - low) // (255 * 127)) + 1
    weights = np.full((1, terms), (high - low) // (255 * terms))
    bias = np.array([low + 128 * int(weights.sum())])
    folded = fold(weights.astype(np.int8), bias, 0, real, (-128 - zero, 127 - zero))
    assert folded is not None
    return folded, real, np.arange(low, low + 255 * int(weights.sum()) + 1)


@pytest.mark.parametrize("e", SHIFTS)
@pytest.mark.parametrize("zero", ZEROS)
def test_every_accumulator_gives_the_references_integer(e: int, zero: int) -> None:
    rng = np.random.default_rng(e)
    for fraction in (0.5, 0.75, 1 - 2.0**-31, *rng.uniform(0.5, 1, 4)):
        folded, real, a = channel(e, -255, 255, zero, float(fraction))
        found = selected(folded, real, zero)
        m, shift = quantize_multipliers(real)
        wanted = np.clip(multiply(a, m[0], shift[0]) + zero, -128, 127)
        t = (2 * a * m[0] + (1 << 31)) >> 32
        assert found.gain[0] > 0
        product = (t * found.gain[0]).astype(np.int32).astype(np.int64) + found.start
        upper = product.astype(np.int32).astype(np.int64) >> 16
        assert np.array_equal(np.clip(2 * upper, -(1 << 15), (1 << 15) - 1) >> 8, wanted)
        assert found.divider[0] > 0
        lower = (((t * found.divider[0] + (1 << 31)) >> 32) + found.start).astype(np.int16)
        assert np.array_equal(np.clip(lower, -128, 127), wanted)


@pytest.mark.parametrize("zero", ZEROS)
def test_without_a_clamp(zero: int) -> None:
    for e in SHIFTS:
        folded, real, a = channel(e, -128, 127, zero, 0.7)
        found = selected(folded, real, zero, INSIDE)
        m, shift = quantize_multipliers(real)
        t = (2 * a * m[0] + (1 << 31)) >> 32
        assert found.gain[0] > 0
        assert np.array_equal((t * found.gain[0] + found.start) >> 24, multiply(a, m[0], shift[0]) + zero)


@pytest.mark.parametrize(
    ("bits", "first", "last", "taken"),
    [
        (CLAMPED, -255, 255, True),
        (CLAMPED, -260, 100, False),
        (CLAMPED, -100, 260, False),
        (INSIDE, -128, 127, True),
        (INSIDE, -132, 100, False),
        (INSIDE, -100, 132, False),
    ],
)
def test_outputs_that_leave_the_register_are_refused(bits: int, first: int, last: int, taken: bool) -> None:
    folded, real, _ = channel(6, first, last, 5, 0.6)
    found = selected(folded, real, 5, bits)
    assert (found.gain[0] > 0, found.divider[0] > 0) == (taken, True)


def test_outputs_that_leave_a_half_are_refused() -> None:
    folded = fold(np.full((1, 40), 127, np.int8), np.array([0]), 0, np.array([0.2]))
    assert folded is not None
    assert not selected(folded, np.array([0.2]), 0).divider[0]


def test_constant_channels() -> None:
    folded = fold(np.zeros((1, 4), np.int8), np.array([640]), 0, np.array([0.01]))
    assert folded is not None
    found = selected(folded, np.array([0.01]), -3)
    assert found.gain[0] > 0
    t = 2 * int(folded.bias[0]) * int(folded.multiplier[0]) + (1 << 31) >> 32
    assert (t * int(found.gain[0]) + found.start) >> 23 == 6 - 3
