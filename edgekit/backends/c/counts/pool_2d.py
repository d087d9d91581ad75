"""Portable pooling."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, pixels


def features(fields: Fields) -> dict[str, float]:
    h, w = axis(fields, "h"), axis(fields, "w")
    rows = fields["batches"] * sum(h.inside) * fields["in_c"]
    return {
        "call": 1, "pixels": pixels(fields), "outputs": pixels(fields) * fields["in_c"],
        "rows": rows * fields["out_w"], "values": rows * sum(w.inside),
    }  # fmt: skip
