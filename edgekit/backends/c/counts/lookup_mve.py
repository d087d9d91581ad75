"""Functions of one value by table on Helium, 48 and 16 at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, "blocks": fields["blocks"], "vectors": ceil_div(fields["rest"], 16)}
