"""The fast forms against the page on every accumulator of their range."""

from __future__ import annotations

import numpy as np
import pytest

from edgekit.reference import planes
from edgekit.reference.arithmetic import multiply, quantize_multipliers
from edgekit.reference.steps import fit


@pytest.mark.parametrize("zero_point, low", [(-128, -128), (-128, 10), (7, 7), (7, -128), (127, -128), (0, -50)])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_every_accumulator(zero_point: int, low: int, kind: type) -> None:
    rng = np.random.default_rng([zero_point + 128, low + 128])
    reals = np.concatenate([2.0 ** rng.uniform(-13, -3, 24), [0.5, 0.25, 2.0**-10, 1.0, 3.7, 0.0, 2.0**-25]])
    m, shift = quantize_multipliers(reals)
    bias = rng.integers(-3000, 3000, reals.size)
    limit = np.full(reals.size, 1 << 16)
    steps = fit(m, shift, bias, zero_point, low, 127, limit, kind)
    assert steps is not None
    acc = np.arange(-(1 << 16), (1 << 16) + 1)[:, None]
    expected = np.clip(multiply(acc + bias, m, shift) + zero_point, low, 127)
    found = np.empty(expected.shape, np.int8)
    steps.apply(np.repeat(acc, reals.size, axis=1).astype(kind), found)
    assert np.array_equal(found, expected)


def test_wrapping_accumulators_have_no_fast_form() -> None:
    m, shift = quantize_multipliers([0.01])
    assert fit(m, shift, np.array([(1 << 31) - 10]), 0, -128, 127, np.array([100]), np.float32) is None


def test_a_sum_that_no_plane_equals_has_no_fast_form() -> None:
    assert planes.fit(lambda a, b: np.maximum(a, b), 0.5, 0.5, 0.0, -128, 127) is None
