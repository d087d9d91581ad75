"""Rows side by side."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import copied, together
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    rows, sizes = fields["rows"], [int(size) for size in fields["blocks"]]
    aligned = not any(size % 4 for size in sizes)
    return {"call": 1, "rows": rows, **together(copied(rows, size, aligned) for size in sizes)}
