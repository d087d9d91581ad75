"""2-D average pooling; padding does not count."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.ops._pool import Pool2D


@dataclass(frozen=True)
class AveragePool2D(Pool2D):
    """One input (N, H, W, C), output (N, Ho, Wo, C); see `Pool2D` for the attributes."""

    name = "average_pool_2d"
