"""Bilinear resizing of images."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.graph.ops._resize import Resize


@dataclass(frozen=True)
class ResizeBilinear(Resize):
    """Values are weighted means of the four nearest pixels; see `Resize` for the attributes."""

    name = "resize_bilinear"
