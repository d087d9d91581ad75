"""Functions of one value that are linear on either side of zero."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, "values": fields["count"]}
