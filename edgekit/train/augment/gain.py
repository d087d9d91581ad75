"""Scale every sample by a random factor (loudness, brightness, sensor gain)."""

from __future__ import annotations

import numpy as np
import torch


def apply(x: torch.Tensor, rng: np.random.Generator, *, share: float = 0.1) -> torch.Tensor:
    """x of any shape; factors uniform in 1 +- `share`."""
    factor = torch.from_numpy(rng.uniform(1 - share, 1 + share, len(x))).to(x.device, x.dtype)
    return x * factor.reshape(-1, *[1] * (x.ndim - 1))
