"""Move every image by a random whole number of pixels; zeros come in at the edges."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, pixels: int = 2) -> torch.Tensor:
    """x (N, C, H, W); up to `pixels` in either direction of both axes."""
    n, _, height, width = x.shape
    dy, dx = torch.from_numpy(rng.integers(-pixels, pixels + 1, (2, n))).to(x.device)
    rows = torch.arange(height, device=x.device) - dy[:, None]
    columns = torch.arange(width, device=x.device) - dx[:, None]
    seen = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    sample = torch.arange(n, device=x.device)[:, None, None]
    moved = x.permute(0, 2, 3, 1)[sample, rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None]]
    return moved.permute(0, 3, 1, 2) * seen[:, None]
