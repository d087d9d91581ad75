"""Losses and scores of the three tasks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from edgekit.metrics import roc_auc
from edgekit.zoo.data import Array, Data

METRICS = {"classification": "accuracy", "regression": "negative_mse", "reconstruction": "negative_mse"}
BATCH = 512


def tensor(x: Array) -> torch.Tensor:
    """x (N, H, W, C) as a view (N, C, H, W), (N, F) as it is."""
    found = torch.from_numpy(x)
    return found.permute(0, 3, 1, 2) if found.ndim == 4 else found


def loss_of(task: str, output: torch.Tensor, x: torch.Tensor, y: torch.Tensor, smoothing: float = 0.0) -> torch.Tensor:
    """Mean loss of a batch: cross entropy of logits (N, classes), or mean squared error over all elements."""
    if task == "classification":
        return functional.cross_entropy(output, y, label_smoothing=smoothing)
    return errors(task, output, x, y).mean()


def errors(task: str, output: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean squared error of every sample (N,): against x when reconstructing, else against y."""
    target = x if task == "reconstruction" else y
    return (output.reshape(len(x), -1) - target.reshape(len(x), -1)).square().mean(1)


def evaluate(fabric: Any, network: torch.nn.Module, task: str, x: torch.Tensor, y: torch.Tensor) -> tuple[float, float]:
    """(mean loss, score) over all samples, the work shared by all processes of `fabric`; larger scores are better."""
    mine = slice(fabric.global_rank, None, fabric.world_size)
    sums = _sums(network, task, x[mine], y[mine], fabric.device)
    loss, score = fabric.all_reduce(sums, reduce_op="sum").tolist()
    return loss / len(x), score / len(x)


def score(network: torch.nn.Module, task: str, x: torch.Tensor, y: torch.Tensor, device: torch.device) -> float:
    """The score over all samples, in this process alone."""
    return float(_sums(network, task, x, y, device)[1]) / len(x)


def _sums(network: torch.nn.Module, task: str, x: torch.Tensor, y: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Sums of losses and of scores (2,)."""
    total = torch.zeros(2, dtype=torch.float64, device=device)
    network.eval()
    with torch.no_grad():
        for part, wanted in zip(x.split(BATCH), y.split(BATCH), strict=True):
            if len(part) == 0:
                continue  # of few samples some processes get none
            batch, target = part.contiguous().to(device), wanted.to(device)
            output = network(batch)
            loss = loss_of(task, output, batch, target).double() * len(batch)
            right = (output.argmax(1) == target).sum().double() if task == "classification" else -loss
            total += torch.stack([loss, right])
    return total


def test_scores(
    network: torch.nn.Module, task: str, data: Data, device: torch.device
) -> tuple[float, float | None]:  # fmt: skip
    """The score on the test part, NaN without one; and of anomaly detection the area under the ROC curve.

    The score of anomaly detection is over the normal samples only.
    """
    x, y = tensor(data.test_x), torch.from_numpy(data.test_y)
    if len(x) == 0:
        return math.nan, None
    anomalous = data.test_y == 1 if task == "reconstruction" and not data.classes else None
    if anomalous is None or anomalous.all() or not anomalous.any():
        return score(network, task, x, y, device), None
    found = sample_errors(network, x, device)
    return -float(found[~anomalous].mean()), roc_auc(found, anomalous)


def sample_errors(network: torch.nn.Module, x: torch.Tensor, device: torch.device) -> Array:
    """Reconstruction error of every sample (N,)."""
    network.eval()
    with torch.no_grad():
        parts = [part.contiguous().to(device) for part in x.split(BATCH)]
        return np.concatenate([errors("reconstruction", network(b), b, b).cpu().numpy() for b in parts])
