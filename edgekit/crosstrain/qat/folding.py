"""Weights with their batch norm folded in, fake quantized: symmetric int8, and a bias of scale s_in * s_w.

While statistics are free, the layer is folded by the running statistics, as the exported weights will be, and its
output is then corrected to the batch's own: with y = conv(x, w * g / S), S the running deviation and g, b the norm's
scale and shift,

    b + g * (conv(x, w) - mean) / deviation = b + (y - mean(y)) * |g| / sqrt(var(y) + eps * (g / S)^2).

This is one convolution, and no division by g. Once frozen, the running statistics hold for training too, as the
integers have them. Sources: B. Jacob et al., CVPR 2018, section 3.2; R. Krishnamoorthi, "Quantizing deep convolutional
networks for efficient inference", arXiv:1806.08342, section 3.3.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from edgekit.crosstrain.qat.rounding import fake_quantize, round_away, straight_through
from edgekit.errors import UnsupportedError
from edgekit.quantization.parameters import BIAS_MAX, MULTIPLIER_MIN, WEIGHT_MAX

TINY = 1e-20  # a variance: keeps dead channels at 0 / 1
DEAD = 1e-5  # of g / S: the batch's statistics cannot be told from a channel scaled by less


class Folded(nn.Module):  # type: ignore[misc]
    """Weight (channels, ...), bias and batch norm of one layer.

    Args:
        layer: a convolution or dense layer; its parameters are taken over, not copied.
        norm: the batch norm behind it, if any.
        per_channel: one weight scale per output channel, or one for all.
        learned: whether weight scales are learned as factors of max|w| / 127, or stay there.
    """

    def __init__(self, name: str, layer: Any, norm: Any | None, per_channel: bool, learned: bool) -> None:
        super().__init__()
        self.name, self.per_channel, self.frozen = name, per_channel, norm is None
        self.weight = layer.weight
        self.norm: Any = norm
        channels = self.weight.shape[0]
        if norm is not None:
            _require_statistics(name, norm)
            if layer.bias is not None:  # it only moves the mean, and batch statistics take it out again
                with torch.no_grad():
                    norm.running_mean -= layer.bias
        elif layer.bias is not None:
            self.bias = layer.bias
        factors = torch.zeros(channels if per_channel else 1)
        if learned:
            self.log_factor = nn.Parameter(factors)
        else:
            self.register_buffer("log_factor", factors, persistent=False)

    def folded(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weight and bias with the running statistics folded in."""
        if self.norm is None:
            bias = getattr(self, "bias", None)
            return self.weight, self.weight.new_zeros(len(self.weight)) if bias is None else bias
        factor = self.factor()
        return self.weight * _column(factor, self.weight), self.norm.bias - self.norm.running_mean * factor

    def factor(self) -> torch.Tensor:
        """g / S."""
        found: torch.Tensor = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        return found

    def scale(self, weight: torch.Tensor, bias: torch.Tensor, s_in: torch.Tensor, s_out: torch.Tensor) -> torch.Tensor:
        """Weight scales (channels,) or (1,), float32, never below what `quantize_weights` allows."""
        with torch.no_grad():
            largest = weight.abs().flatten(1).amax(1)
            if not self.per_channel:
                largest = largest.amax(0, keepdim=True)
        wanted = largest / WEIGHT_MAX * self.log_factor.exp()
        least = torch.maximum(bias.detach().abs() / (s_in * BIAS_MAX), MULTIPLIER_MIN * s_out / s_in).detach()
        return torch.maximum(wanted, least if self.per_channel else least.amax(0, keepdim=True))

    def fake(self, s_in: torch.Tensor, s_out: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Folded weight and bias on their grids."""
        weight, bias = self.folded()
        scale = self.scale(weight, bias, s_in, s_out)
        share = (weight[0].numel() if self.per_channel else weight.numel()) * WEIGHT_MAX
        on_grid = fake_quantize(weight, _column(scale, weight), 0, -WEIGHT_MAX, WEIGHT_MAX, share**-0.5)
        step = (s_in * scale).detach()
        return on_grid, straight_through(round_away(bias / step) * step, bias)

    def integers(self, s_in: torch.Tensor, s_out: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """int8 weights and int32 bias as whole float64 numbers, and the weight scales in float32."""
        weight, bias = self.folded()
        scale = self.scale(weight, bias, s_in, s_out)
        weights = round_away(weight / _column(scale, weight)).clamp(-WEIGHT_MAX, WEIGHT_MAX)
        return weights.double(), round_away(bias.double() / (s_in.double() * scale.double())), scale

    def renormalized(self, y: torch.Tensor) -> torch.Tensor:
        """What the folded weights gave, without bias, by this batch's statistics; updates the running ones."""
        axes = [0, *range(2, y.ndim)]
        mean, variance = y.mean(axes), y.var(axes, unbiased=False)
        factor, norm = self.factor(), self.norm
        with torch.no_grad():
            count = y.numel() // y.shape[1]
            alive = factor.abs() > DEAD
            safe = torch.where(alive, factor, 1.0)
            newest = torch.where(alive, mean / safe, norm.running_mean)
            spread = torch.where(alive, variance / safe**2 * (count / max(1, count - 1)), norm.running_var)
        ratio = norm.weight.abs() / torch.sqrt(variance + norm.eps * factor.detach() ** 2 + TINY)
        shape = [1, -1, *[1] * (y.ndim - 2)]
        found = (y - mean.reshape(shape)) * ratio.reshape(shape) + norm.bias.reshape(shape)
        with torch.no_grad():
            norm.running_mean.lerp_(newest, norm.momentum)
            norm.running_var.lerp_(spread, norm.momentum)
        return found


def _column(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return values.reshape(-1, *[1] * (weight.ndim - 1))


def _require_statistics(name: str, norm: Any) -> None:
    if not norm.track_running_stats or norm.momentum is None or not norm.affine:
        text = "must keep running statistics with a momentum, and scale and shift, to be folded"
        raise UnsupportedError(f"layer {name}", text, "BatchNorm2d(channels) with its defaults does")
