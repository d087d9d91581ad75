"""Add Gaussian noise."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, deviation: float = 0.02) -> torch.Tensor:
    """x of any shape; noise of standard deviation `deviation`, in units of x."""
    noise = rng.standard_normal(tuple(x.shape), dtype=np.float32)
    return x + deviation * torch.from_numpy(noise).to(x.device)
