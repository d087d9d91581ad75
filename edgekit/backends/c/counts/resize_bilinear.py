"""Bilinear resizing."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    rows = fields["batches"] * fields["out_h"]
    pixels = rows * fields["out_w"]
    return {"call": 1, "rows": rows, "pixels": pixels, "outputs": pixels * fields["channels"]}
