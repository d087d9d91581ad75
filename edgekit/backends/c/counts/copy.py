"""Blocks in another order."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import blocks
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return blocks(fields)
