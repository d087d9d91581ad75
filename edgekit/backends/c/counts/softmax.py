"""Portable softmax. The count depends a little on the data: leading zeros of the sum, distances out of reach, which is
expected of a share of the values as if they were uniform."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    values = fields["rows"] * fields["count"]
    reached = min(1.0, (fields["radius"] + 1) / 256)
    return {"call": 1, "rows": fields["rows"], "values": values, "reached": values * reached}
