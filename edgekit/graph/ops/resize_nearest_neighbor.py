"""Nearest-neighbour resizing of images."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.ops._resize import Resize


@dataclass(frozen=True)
class ResizeNearestNeighbor(Resize):
    """Values are copies of the nearest pixel; see `Resize` for the attributes."""

    name = "resize_nearest_neighbor"
