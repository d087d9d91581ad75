"""MobileNetV2: inverted residuals with linear bottlenecks.

M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from edgekit.zoo.layers import Size, activation, convolution, image_shape, initialized

# (expansion, filters at width 1, repetitions, stride of the first), Table 2 of the paper
BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
SMALL = 64  # images up to this height and width are not shrunk by the first strided block


class _Inverted(nn.Module):  # type: ignore[misc]
    """x + body(x) where the shapes agree, else body(x)."""

    def __init__(self, body: nn.Module, shortcut: bool) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: torch.Tensor) -> Any:
        return x + self.body(x) if self.shortcut else self.body(x)


def build(
    input_shape: tuple[int, ...], classes: int, *, width: float = 0.35, dropout: float = 0.0, relu: str = "relu6"
) -> nn.Module:
    """Logits (N, classes) of images (N, C, H, W); channels are scaled by `width`, to multiples of 8.

    Images up to 64x64 are shrunk once less, or nothing would be left of them, and have a narrower last convolution.
    """
    channels, *size = image_shape("mobilenet_v2", input_shape)
    shape: Size = size[0], size[1]
    small = max(shape) <= SMALL
    filters = _rounded(32 * width)
    layers, shape = convolution(channels, filters, (3, 3), (2, 2), shape)
    layers += [nn.BatchNorm2d(filters), activation(relu)]
    for index, (expansion, base, repetitions, first) in enumerate(BLOCKS):
        for repetition in range(repetitions):
            stride = first if repetition == 0 and not (small and index == 1) else 1
            wanted = _rounded(base * width)
            block, shape = _inverted(filters, wanted, expansion, stride, shape, relu)
            layers, filters = [*layers, block], wanted
    last = max(1280, _rounded(1280 * width)) if not small else _rounded(1280 * width)
    head, shape = convolution(filters, last, (1, 1), (1, 1), shape)
    layers += [*head, nn.BatchNorm2d(last), activation(relu), nn.AvgPool2d(shape), nn.Flatten()]
    if dropout:
        layers.append(nn.Dropout(dropout))
    return initialized(nn.Sequential(*layers, nn.Linear(last, classes)))


def _inverted(
    channels: int, filters: int, expansion: int, stride: int, size: Size, relu: str
) -> tuple[nn.Module, Size]:
    layers: list[nn.Module] = []
    hidden = channels * expansion
    if expansion > 1:
        expand, _ = convolution(channels, hidden, (1, 1), (1, 1), size)
        layers += [*expand, nn.BatchNorm2d(hidden), activation(relu)]
    depthwise, shape = convolution(hidden, hidden, (3, 3), (stride, stride), size, groups=hidden)
    project, _ = convolution(hidden, filters, (1, 1), (1, 1), shape)
    layers += [*depthwise, nn.BatchNorm2d(hidden), activation(relu), *project, nn.BatchNorm2d(filters)]
    return _Inverted(nn.Sequential(*layers), stride == 1 and channels == filters), shape


def _rounded(channels: float) -> int:
    """The nearest multiple of 8, at least 8 and not below 90 % of what was asked for."""
    found = max(8, int(channels + 4) // 8 * 8)
    return found + 8 if found < 0.9 * channels else found
