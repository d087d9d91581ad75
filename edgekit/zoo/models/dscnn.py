"""DS-CNN for keyword spotting, the topology of MLPerf Tiny.

Y. Zhang et al., "Hello Edge: Keyword Spotting on Microcontrollers", arXiv:1711.07128; C. Banbury et al., "MLPerf Tiny
Benchmark", arXiv:2106.07597.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from edgekit.zoo.layers import activation, convolution, image_shape, initialized, separable


def build(
    input_shape: tuple[int, ...],
    classes: int,
    *,
    filters: int = 64,
    blocks: int = 4,
    kernel: Sequence[int] = (10, 4),
    stride: Sequence[int] = (2, 2),
    dropout: float = 0.2,
    relu: str = "relu",
) -> nn.Module:
    """Logits (N, classes) of (N, C, frames, coefficients). With the defaults and 49x10x1: 22,604 weights + norms."""
    channels, height, width = image_shape("dscnn", input_shape)
    layers, size = convolution(channels, filters, (kernel[0], kernel[1]), (stride[0], stride[1]), (height, width))
    layers += [nn.BatchNorm2d(filters), activation(relu), nn.Dropout(dropout)]
    for _ in range(blocks):
        block, size = separable(filters, filters, 1, size, relu)
        layers += block
    layers += [nn.Dropout(2 * dropout), nn.AvgPool2d(size), nn.Flatten(), nn.Linear(filters, classes)]
    return initialized(nn.Sequential(*layers))
