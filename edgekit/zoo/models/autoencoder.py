"""Fully connected autoencoder for anomaly detection, the topology of MLPerf Tiny and DCASE 2020 task 2.

Y. Koizumi et al., "Description and Discussion on DCASE2020 Challenge Task 2", arXiv:2006.05822.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import nn

TASK = "reconstruction"


def build(
    input_shape: tuple[int, ...], classes: int, *, hidden: Sequence[int] = (128, 128, 128, 128), latent: int = 8
) -> nn.Module:
    """The reconstruction (N, features) of samples of any shape, flattened.

    Dense layers with batch norm and ReLU: features, `hidden`, `latent`, `hidden` backwards, features. `classes` is not
    used.
    """
    features = math.prod(input_shape)
    layers: list[nn.Module] = [nn.Flatten()] if len(input_shape) > 1 else []
    width = features
    for units in (*hidden, latent, *reversed(hidden)):
        layers += [nn.Linear(width, units), nn.BatchNorm1d(units), nn.ReLU()]
        width = units
    return nn.Sequential(*layers, nn.Linear(width, features))
