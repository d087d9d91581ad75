"""What a crossbar does to a layer, in PyTorch: noise on weights and outputs, converters, and weights that are clipped.

Source: V. Joshi et al. 2020, "Accurate deep neural network inference using computational phase-change memory", Nature
Communications 11, 2473: Gaussian noise on the weights of every forward pass, relative to the largest weight, forward
and backward through the noisy weights, the update on the clean ones; weights clipped at a multiple of their deviation,
so that the largest stays small and the noise with it. As `edgekit.backends.analog_pcm` brings every output channel to
the largest conductance by itself, largest and deviation are those of an output channel here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from edgekit.errors import UnsupportedError
from edgekit.recipe import AnalogSection
from edgekit.train.tuning import Criterion, PlainLoss
from edgekit.zoo.data import Data

Layer = Any  # nn.Conv2d or nn.Linear
LEAST = 1e-12


def layers_of(network: nn.Module, depthwise: bool) -> list[Layer]:
    """The layers that lie on crossbars. Raises UnsupportedError where there is none."""
    found: list[Layer] = [
        module
        for module in network.modules()
        if isinstance(module, nn.Linear) or (isinstance(module, nn.Conv2d) and (module.groups == 1 or depthwise))
    ]
    if not found:
        kind = type(network).__name__
        raise UnsupportedError(
            f"[analog] {kind}", "has no convolution or linear layer for a crossbar", "remove [analog]"
        )
    return found


def noisy(
    section: AnalogSection, inner: Callable[[nn.Module, Data], Criterion] | None, network: nn.Module, data: Data
) -> NoisyLoss:
    """The loss for `network`, as `Step.tune` wants it; `inner`: of a teacher, None for the task's own."""
    return NoisyLoss(network, section, inner(network, data) if inner is not None else Criterion())


class NoisyLoss(Criterion):
    """Another loss, while the network computes as a chip would.

    Validation sees the noise too: the best epoch is the best under noise. The network's modules stay as they are, only
    their `forward` is another, in this process.
    """

    def __init__(self, network: nn.Module, section: AnalogSection, inner: Criterion) -> None:
        super().__init__()
        self.section, self.inner = section, inner
        self._layers = tuple(layers_of(network, section.depthwise))  # a tuple: they stay the network's
        for layer in self._layers:
            layer.forward = _Forward(layer, section)

    def forward(
        self, network: nn.Module, x: torch.Tensor, y: torch.Tensor, index: torch.Tensor, plain: PlainLoss
    ) -> torch.Tensor:
        """See `Criterion.forward`."""
        clip(self._layers, self.section.clip)
        loss: torch.Tensor = self.inner(network, x, y, index, plain)
        return loss


class _Forward:
    """A layer's forward pass through a crossbar."""

    def __init__(self, layer: Layer, section: AnalogSection) -> None:
        self.layer, self.section = layer, section

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        layer, section = self.layer, self.section
        x, weight = converted(x, section.bits), layer.weight
        if section.weight_noise:
            largest = weight.detach().abs().flatten(1).amax(1).reshape(-1, *[1] * (weight.ndim - 1))
            weight = weight + section.weight_noise * largest * torch.randn_like(weight)
        linear = isinstance(layer, nn.Linear)
        y = functional.linear(x, weight) if linear else layer._conv_forward(x, weight, None)  # with its own padding
        y = converted(y, section.bits)
        if section.output_noise:
            y = y + section.output_noise * y.detach().abs().amax() * torch.randn_like(y)
        if layer.bias is None:
            return y
        return y + (layer.bias if linear else layer.bias.reshape(-1, 1, 1))


def converted(x: torch.Tensor, bits: int) -> torch.Tensor:
    """x in the levels of a converter whose full scale is its largest magnitude; the gradient is that of x (straight
    through, Bengio et al. 2013). bits 0: x itself."""
    if not bits:
        return x
    step = x.detach().abs().amax().clamp_min(LEAST) / ((1 << (bits - 1)) - 1)
    return x + (torch.round(x.detach() / step) * step - x.detach())


def clip(layers: Sequence[Layer], deviations: float) -> None:
    """Clip each output channel's weights at `deviations` times their root mean square; 0: not at all."""
    with torch.no_grad():
        for layer in layers if deviations else ():
            weight = layer.weight
            limit = deviations * weight.square().mean(tuple(range(1, weight.ndim)), keepdim=True).sqrt()
            weight.copy_(weight.clamp(-limit, limit))
