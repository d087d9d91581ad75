"""Move every recording along its time axis (H: frames or samples); the edge value is repeated."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, steps: int = 4) -> torch.Tensor:
    """x (N, C, H, W); up to `steps` in either direction."""
    n, _, time, _ = x.shape
    by = torch.from_numpy(rng.integers(-steps, steps + 1, n)).to(x.device)
    index = (torch.arange(time, device=x.device) - by[:, None]).clamp(0, time - 1)
    return torch.take_along_dim(x, index[:, None, :, None], 2)
