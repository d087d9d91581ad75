"""2-D maximum pooling."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.ops._pool import Pool2D


@dataclass(frozen=True)
class MaxPool2D(Pool2D):
    """One input (N, H, W, C), output (N, Ho, Wo, C); see `Pool2D` for the attributes."""

    name = "max_pool_2d"
