"""Turn every image by a random angle around its centre, bilinear; zeros come in at the corners."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, degrees: float = 10.0) -> torch.Tensor:
    """x (N, C, H, W); angles uniform in +-`degrees`."""
    n, _, height, width = x.shape
    angle = np.deg2rad(rng.uniform(-degrees, degrees, n))
    cos, sin, zero = np.cos(angle), np.sin(angle), np.zeros(n)
    # Coordinates run from -1 to 1 on both axes, so a turn of a non-square image needs its aspect ratio.
    turn = np.stack([cos, -sin * height / width, zero, sin * width / height, cos, zero], 1).reshape(n, 2, 3)
    theta = torch.from_numpy(turn).to(x.device, x.dtype)
    grid = torch.nn.functional.affine_grid(theta, list(x.shape), align_corners=False)
    return torch.nn.functional.grid_sample(x, grid, align_corners=False)
