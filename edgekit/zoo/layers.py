"""Building blocks of the zoo's networks, chosen so that they export to ONNX and TFLite without detours.

Padding is TensorFlow's "SAME": with stride 2 and an even input PyTorch's symmetric padding would not be expressible as
a TFLite padding. Shapes are known when a network is built, so the exact padding is too.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from edgekit.errors import InputError

Size = tuple[int, int]


def image_shape(network: str, shape: tuple[int, ...], smallest: int = 1) -> tuple[int, int, int]:
    """`shape` as (C, H, W), or InputError when it is no image or its height or width is below `smallest`."""
    if len(shape) != 3:
        raise InputError(f"[model] network {network}", f"needs samples of shape (H, W, C), found a shape of {shape}")
    channels, height, width = shape
    if min(height, width) < smallest:
        raise InputError(f"[model] network {network}", f"needs at least {smallest}x{smallest}, found {height}x{width}")
    return channels, height, width


def activation(name: str) -> nn.Module:
    """The activation `name`: relu or relu6. Raises InputError for another one."""
    if name not in ("relu", "relu6"):
        raise InputError("[model] options: activation", f"must be relu or relu6, found {name!r}")
    return nn.ReLU() if name == "relu" else nn.ReLU6()


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Padding before and after so that the output has ceil(size / stride) elements (TensorFlow "SAME")."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def convolution(
    channels: int, filters: int, kernel: Size, stride: Size, size: Size, *, groups: int = 1, bias: bool = False
) -> tuple[list[nn.Module], Size]:
    """A "SAME" convolution on (N, channels, *size): its modules and the size of its output."""
    top, bottom = same_padding(size[0], kernel[0], stride[0])
    left, right = same_padding(size[1], kernel[1], stride[1])
    out = -(-size[0] // stride[0]), -(-size[1] // stride[1])
    if (top, left) == (bottom, right):
        return [nn.Conv2d(channels, filters, kernel, stride, (top, left), groups=groups, bias=bias)], out
    pad = nn.ZeroPad2d((left, right, top, bottom))
    return [pad, nn.Conv2d(channels, filters, kernel, stride, groups=groups, bias=bias)], out


def separable(channels: int, filters: int, stride: int, size: Size, act: str = "relu") -> tuple[list[nn.Module], Size]:
    """Depthwise 3x3 and pointwise convolution, each with batch norm and activation (Howard et al. 2017)."""
    depthwise, size = convolution(channels, channels, (3, 3), (stride, stride), size, groups=channels)
    pointwise, size = convolution(channels, filters, (1, 1), (1, 1), size)
    return [
        *depthwise,
        nn.BatchNorm2d(channels),
        activation(act),
        *pointwise,
        nn.BatchNorm2d(filters),
        activation(act),
    ], size


class Residual(nn.Module):  # type: ignore[misc]
    """relu(body(x) + shortcut(x)), He et al. 2015."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: torch.Tensor) -> Any:
        return torch.relu(self.body(x) + self.shortcut(x))


def initialized(network: nn.Module) -> nn.Module:
    """He initialization of every convolution (fan out, depthwise ones fan in) and dense layer; biases zero."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            # PyTorch's fan out of a grouped convolution counts all groups, though every output sees only one.
            mode = "fan_out" if module.groups == 1 else "fan_in"
            nn.init.kaiming_normal_(module.weight, mode=mode, nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    return network
