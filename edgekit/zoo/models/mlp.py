"""Multilayer perceptron: dense layers with ReLU."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import nn

from edgekit.zoo.layers import activation


def build(
    input_shape: tuple[int, ...],
    classes: int,
    *,
    hidden: Sequence[int] = (128, 64),
    dropout: float = 0.0,
    relu: str = "relu",
) -> nn.Module:
    """Logits (N, classes) of samples of any shape, flattened. `hidden` are the widths of the hidden layers."""
    layers: list[nn.Module] = [nn.Flatten()] if len(input_shape) > 1 else []
    width = math.prod(input_shape)
    for units in hidden:
        layers += [nn.Linear(width, units), activation(relu)]
        if dropout:
            layers.append(nn.Dropout(dropout))
        width = units
    return nn.Sequential(*layers, nn.Linear(width, classes))
