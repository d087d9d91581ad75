"""LeNet-5 with ReLU and max pooling instead of the original's sigmoids and trained subsampling.

Y. LeCun et al., "Gradient-based learning applied to document recognition", Proc. IEEE 1998.
"""

from __future__ import annotations

from torch import nn

from edgekit.zoo.layers import convolution, image_shape, initialized


def build(input_shape: tuple[int, ...], classes: int, *, width: float = 1.0) -> nn.Module:
    """Logits (N, classes) of images (N, C, H, W), at least 12x12. `width` scales the channels of every layer.

    The first convolution keeps the size, so that 28x28 images act like the 32x32 of the paper.
    """
    channels, *rest = image_shape("lenet5", input_shape, 12)
    size = rest[0], rest[1]
    first, second, third, fourth = (max(1, round(n * width)) for n in (6, 16, 120, 84))
    conv, _ = convolution(channels, first, (5, 5), (1, 1), size, bias=True)
    height, breadth = ((n // 2 - 4) // 2 for n in size)
    network = nn.Sequential(
        *conv,
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(second * height * breadth, third),
        nn.ReLU(),
        nn.Linear(third, fourth),
        nn.ReLU(),
        nn.Linear(fourth, classes),
    )
    return initialized(network)
