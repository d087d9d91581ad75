"""Functions of one value by table on Helium, 16 at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, "vectors": ceil_div(fields["count"], 16)}
