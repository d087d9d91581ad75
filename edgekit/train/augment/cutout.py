"""Blank a random square of every image (T. DeVries and G. Taylor, arXiv:1708.04552)."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, pixels: int = 8) -> torch.Tensor:
    """x (N, C, H, W); squares of `pixels` a side around a random centre, clipped at the edges."""
    n, _, height, width = x.shape

    def inside(size: int) -> torch.Tensor:
        first = torch.from_numpy(rng.integers(0, size, n)).to(x.device)[:, None] - pixels // 2
        index = torch.arange(size, device=x.device)
        return (index >= first) & (index < first + pixels)

    hole = inside(height)[:, :, None] & inside(width)[:, None, :]
    return x.masked_fill(hole[:, None], 0.0)
