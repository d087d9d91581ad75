"""Reshape: the same bytes."""

from __future__ import annotations

from edgekit.backends.c.call import Alias, Layer
from edgekit.backends.c.moves import ANY_TYPE

TYPES = ANY_TYPE


def emit(layer: Layer) -> Alias:
    return Alias()
