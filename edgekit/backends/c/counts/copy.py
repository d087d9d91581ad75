"""Blocks in another order, row by row of the walk's last dimension."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import blocks
from edgekit.backends.c.counts._walk import rows
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {**blocks(fields), **rows(fields["count"], fields["dims"])}
