"""Logistic function and tanh of int16, value by value. The count depends a little on the data: values beyond the table,
whose share is that of uniform ones."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

LAST = 255


def features(fields: Fields) -> dict[str, float]:
    values, bits = fields["count"], 8 if fields["kernel"] == "tanh_s16" else 9
    reached = (LAST << bits << fields["shift"]) / max(1, fields["multiplier"]) / (1 << 15)
    return {"call": 1, "inside": values * min(1.0, reached), "beyond": values * max(0.0, 1 - reached)}
