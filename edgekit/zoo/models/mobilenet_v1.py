"""MobileNetV1. With width 0.25 and 96x96x3 the visual wake words network of MLPerf Tiny.

A. Howard et al., "MobileNets", arXiv:1704.04861.
"""

from __future__ import annotations

from torch import nn

from edgekit.errors import InputError
from edgekit.zoo.layers import activation, convolution, image_shape, initialized, separable

# (filters at width 1, stride) of the thirteen separable convolutions, Table 1 of the paper
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))


def build(
    input_shape: tuple[int, ...],
    classes: int,
    *,
    width: float = 0.25,
    resolution: int | None = None,
    dropout: float = 0.0,
    relu: str = "relu6",
) -> nn.Module:
    """Logits (N, classes) of images (N, C, H, W) of any size; the channels of every layer are scaled by `width`.

    `resolution`, where given, insists on the images' height and width: the data set's own `size` option sets them.

    Raises:
        InputError: the images have another resolution.
    """
    channels, height, breadth = image_shape("mobilenet_v1", input_shape)
    if resolution is not None and (height, breadth) != (resolution, resolution):
        found = f"{height}x{breadth}"
        raise InputError(
            "[model] options: resolution", f"{resolution} asked for, images are {found}", "see [data] size"
        )
    filters = max(8, int(32 * width))
    layers, size = convolution(channels, filters, (3, 3), (2, 2), (height, breadth))
    layers += [nn.BatchNorm2d(filters), activation(relu)]
    for base, stride in BLOCKS:
        wanted = max(8, int(base * width))
        block, size = separable(filters, wanted, stride, size, relu)
        layers, filters = [*layers, *block], wanted
    layers += [nn.AvgPool2d(size), nn.Flatten()]
    if dropout:
        layers.append(nn.Dropout(dropout))
    return initialized(nn.Sequential(*layers, nn.Linear(filters, classes)))
