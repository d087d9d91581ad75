"""Rounding as the integers do it, on PyTorch tensors: with gradients for training, exact for evaluation.

Training rounds once, in float32: round(x / s), ties to even, which takes a fifth of the time of ties away from zero.
The integer arithmetic rounds a rescaled accumulator twice (`edgekit.reference.arithmetic`), so that one value in some
hundreds differs by one step. Evaluation therefore computes the integers themselves, with `multiply`, in int64.
"""

from __future__ import annotations

from typing import Any

import torch

from edgekit.reference.arithmetic import quantize_multipliers

INT32_MAX = (1 << 31) - 1


def round_away(x: torch.Tensor) -> torch.Tensor:
    """To nearest, ties away from zero."""
    whole = x.trunc()
    return whole + ((x - whole) * 2).trunc()  # both exact in floating point


class _FakeQuantize(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, step: torch.Tensor, zero: int, low: int, high: int, share: float
    ) -> torch.Tensor:
        steps = x / step
        bounds = low - zero, high - zero
        if not any(ctx.needs_input_grad):
            return round_away(steps).clamp_(*bounds) * step
        integers = torch.round(steps).clamp_(*bounds)
        inside = (steps >= bounds[0]) & (steps <= bounds[1])
        slope = integers - steps * inside if ctx.needs_input_grad[1] else None
        ctx.save_for_backward(inside, slope)
        ctx.share, ctx.shape = share, step.shape
        return integers * step

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        inside, slope = ctx.saved_tensors
        to_step = None if slope is None else (gradient * slope).sum_to_size(ctx.shape) * ctx.share
        return gradient * inside, to_step, None, None, None, None


def fake_quantize(
    x: torch.Tensor, step: torch.Tensor, zero: int, low: int, high: int, share: float = 1.0
) -> torch.Tensor:
    """The real values s * (q - z) of q = clamp(round(x / s) + z, low, high).

    Gradients: straight through for x inside the range, none outside; for the step as in S. Esser et al., "Learned Step
    Size Quantization", ICLR 2020, equation 3, times `share` (its gradient scale).

    Args:
        step: float32, broadcastable to x.
    """
    found: torch.Tensor = _FakeQuantize.apply(x, step, zero, low, high, share)
    return found


def straight_through(exact: torch.Tensor, smooth: torch.Tensor) -> torch.Tensor:
    """The value of `exact`, the gradient of `smooth`."""
    return smooth + (exact - smooth).detach()


def multiply(x: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """int32 values in an int64 tensor times real multipliers, with double rounding.

    `edgekit.reference.arithmetic.multiply` on PyTorch tensors, without its wrap-around at 32 bits.

    Args:
        real: float64, broadcastable to x, as the page computes them.
    """
    mantissas, shifts = quantize_multipliers(real.detach().cpu().numpy().reshape(-1))
    m = torch.from_numpy(mantissas).to(x.device).reshape(real.shape)
    shift = torch.from_numpy(shifts).to(x.device).reshape(real.shape)
    high = (((x << shift.clamp(min=0)) * m + (1 << 30)) >> 31).clamp_(max=INT32_MAX)
    right = (-shift).clamp(min=0)
    half = (torch.ones_like(right) << right) >> 1
    return (high + half - ((high < 0) & (half > 0)).long()) >> right
