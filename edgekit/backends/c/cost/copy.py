"""Blocks in another order."""

from __future__ import annotations

from edgekit.backends.c.cost._moves import blocks
from edgekit.backends.c.cost._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return blocks(fields)
