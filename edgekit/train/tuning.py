"""What fine-tuning changes about a training: the network it starts from, the loss, and what happens before an epoch.

Everything here crosses process boundaries by pickling, so callables are functions of a module or `functools.partial`
of them, never closures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from edgekit.train.network import Signature
from edgekit.zoo.data import Data

PlainLoss = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


class Criterion(nn.Module):  # type: ignore[misc]
    """The loss of a batch. Parameters of its own are trained with the network and left behind at the end."""

    def forward(
        self, network: nn.Module, x: torch.Tensor, y: torch.Tensor, index: torch.Tensor, plain: PlainLoss
    ) -> torch.Tensor:
        """Mean loss.

        Args:
            x: augmented samples (N, C, H, W) or (N, F). y: labels (N,) or targets. index: (N,), which samples of the
                training part these are. plain: `plain(output, x, y)` is the loss of the task.
        """
        return plain(network(x).float(), x, y)


@dataclass(frozen=True)
class Tuning:
    """A training that does not begin with the recipe's fresh network.

    Attributes:
        network: makes the network that is trained, weights included, with random numbers already seeded; None: the
            recipe's own.
        criterion: makes the loss for that network and data; None: the task's.
        before_epoch: called as `before_epoch(network, epoch, epochs)` with the number of the epoch, from 0.
        identity: JSON that tells this training from others of the same recipe: contents, not paths.
        about: entries for the header of every checkpoint.
    """

    network: Callable[[Signature], nn.Module] | None = None
    criterion: Callable[[nn.Module, Data], Criterion] | None = None
    before_epoch: Callable[[nn.Module, int, int], None] | None = None
    identity: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


class Objective(nn.Module):  # type: ignore[misc]
    """Network and loss as one module, which is what Fabric wraps: all that is trained runs inside its forward."""

    def __init__(self, network: nn.Module, criterion: Criterion, plain: PlainLoss) -> None:
        super().__init__()
        self.network, self.criterion, self.plain = network, criterion, plain

    def forward(self, x: torch.Tensor, y: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
        loss: torch.Tensor = self.criterion(self.network, x, y, index, self.plain)
        return loss
