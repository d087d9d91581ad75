"""Reshape: the same bytes."""

from __future__ import annotations

from edgekit.backends.c.call import Alias, Layer


def emit(layer: Layer) -> Alias:
    return Alias()
