"""Products on Helium, 16 or 8 values at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._turns import turns
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, **turns(fields, [fields["count"]])}
