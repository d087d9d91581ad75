"""Products on Helium, 4 values at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, "fours": ceil_div(fields["count"], 4)}
