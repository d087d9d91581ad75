"""Cut a random part out of every image and stretch it to the old size (a random zoom), bilinear."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, smallest: float = 0.8) -> torch.Tensor:
    """x (N, C, H, W); the part is a share `smallest`..1 of height and width, anywhere inside the image."""
    n = len(x)
    share = rng.uniform(smallest, 1.0, n)
    y, z = rng.uniform(-1.0, 1.0, (2, n)) * (1 - share)
    zero = np.zeros(n)
    theta = torch.from_numpy(np.stack([share, zero, z, zero, share, y], 1).reshape(n, 2, 3)).to(x.device, x.dtype)
    grid = torch.nn.functional.affine_grid(theta, list(x.shape), align_corners=False)
    return torch.nn.functional.grid_sample(x, grid, padding_mode="border", align_corners=False)
