"""ResNet-8, the image classification network of MLPerf Tiny: three residual stacks, 16, 32 and 64 filters.

K. He et al., "Deep Residual Learning", arXiv:1512.03385; C. Banbury et al., "MLPerf Tiny Benchmark", arXiv:2106.07597.
"""

from __future__ import annotations

from torch import nn

from edgekit.zoo.layers import Residual, Size, convolution, image_shape, initialized


def build(input_shape: tuple[int, ...], classes: int, *, filters: int = 16) -> nn.Module:
    """Logits (N, classes) of images (N, C, H, W). `filters` is the width of the first stack; later ones double it."""
    channels, height, width = image_shape("resnet8", input_shape, 4)
    stem, size = convolution(channels, filters, (3, 3), (1, 1), (height, width), bias=True)
    layers: list[nn.Module] = [*stem, nn.BatchNorm2d(filters), nn.ReLU()]
    for stack in range(3):
        block, size = _residual(filters << max(stack - 1, 0), filters << stack, 1 if stack == 0 else 2, size)
        layers.append(block)
    layers += [nn.AvgPool2d(size), nn.Flatten(), nn.Linear(filters << 2, classes)]
    return initialized(nn.Sequential(*layers))


def _residual(channels: int, filters: int, stride: int, size: Size) -> tuple[nn.Module, Size]:
    first, half = convolution(channels, filters, (3, 3), (stride, stride), size, bias=True)
    second, _ = convolution(filters, filters, (3, 3), (1, 1), half, bias=True)
    body = nn.Sequential(*first, nn.BatchNorm2d(filters), nn.ReLU(), *second, nn.BatchNorm2d(filters))
    # As in the benchmark, the shortcut is a bare 1x1 convolution without batch norm.
    shortcut = nn.Identity()
    if stride != 1:
        shortcut = nn.Sequential(*convolution(channels, filters, (1, 1), (stride, stride), size, bias=True)[0])
    return Residual(body, shortcut), half
