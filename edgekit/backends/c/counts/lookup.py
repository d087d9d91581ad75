"""Functions of one value, by table."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    fours, rest = divmod(fields["count"], 4)
    return {"call": 1, "loop": fours > 0, "fours": fours, "end": rest > 0, "rest": rest}
