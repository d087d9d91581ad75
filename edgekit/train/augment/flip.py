"""Mirror a random half of the images, left to right."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, probability: float = 0.5) -> torch.Tensor:
    """x (N, C, H, W)."""
    chosen = torch.from_numpy(rng.random(len(x)) < probability).to(x.device)
    return torch.where(chosen[:, None, None, None], x.flip(3), x)
