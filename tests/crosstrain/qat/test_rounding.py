"""Rounding, gradients of step sizes, and the double rounding of the integers."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra train")

from edgekit.crosstrain.qat.rounding import fake_quantize, multiply, round_away  # noqa: E402
from edgekit.reference import arithmetic  # noqa: E402


def test_ties_go_away_from_zero() -> None:
    x = torch.tensor([0.5, 1.5, 2.5, -0.5, -2.5, 0.49999997, 1e6 + 0.5])
    assert round_away(x).tolist() == [1, 2, 3, -1, -3, 0, 1000001]


def test_multiply_is_the_specification() -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.integers(-(1 << 24), 1 << 24, 5000), rng.integers(-300, 300, 5000)])
    for real in (0.25, 0.5, 1.0, 1.7, 3e-3, 7.3e-6, 0.9999999999, float(rng.uniform(1e-4, 1e-2))):
        m, shift = arithmetic.quantize_multiplier(real)
        found = multiply(torch.from_numpy(x), torch.tensor([real], dtype=torch.float64))
        np.testing.assert_array_equal(found.numpy(), arithmetic.multiply(x, m, shift))


def test_gradients_are_those_of_the_paper() -> None:
    x = torch.tensor([-3.0, -0.26, 0.1, 0.74, 5.0], requires_grad=True)
    step = torch.tensor(0.5, requires_grad=True)
    y = fake_quantize(x, step, -2, -4, 3, share=0.25)  # q - z in -2..5
    assert y.tolist() == [-1.0, -0.5, 0.0, 0.5, 2.5]
    weights = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
    (y * weights).sum().backward()
    assert x.grad.tolist() == [0.0, 2.0, 3.0, 4.0, 0.0]  # straight through inside the range
    inside = 2 * (-1 + 0.52) + 3 * (0 - 0.2) + 4 * (1 - 1.48)  # round(v) - v, v = x / s
    assert float(step.grad) == pytest.approx(0.25 * (1 * -2 + inside + 5 * 5), rel=1e-6)


def test_gradient_of_many_steps_goes_to_each() -> None:
    x = torch.tensor([[0.3, 9.0], [0.3, -9.0]])
    step = torch.tensor([[1.0], [2.0]], requires_grad=True)
    fake_quantize(x, step, 0, -1, 1).sum().backward()
    assert step.grad.flatten().tolist() == pytest.approx([-0.3 + 1, -0.15 - 1])
