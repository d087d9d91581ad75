"""Pooling on Helium, 8 channels (average) or 16 at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, pixels


def features(fields: Fields) -> dict[str, float]:
    h, w = axis(fields, "h"), axis(fields, "w")
    found: dict[str, float] = {"call": 1, "pixels": pixels(fields)}
    merged = sum(inside == fields["in_w"] for inside in w.inside)  # columns of outputs whose rows are one
    rows = fields["batches"] * (sum(h.inside) * (fields["out_w"] - merged) + fields["out_h"] * merged)
    values = fields["batches"] * sum(h.inside) * sum(w.inside)
    for step in (8, 16):
        full, part = fields["in_c"] // step, int(fields["in_c"] % step > 0)
        found |= {
            f"outputs_{step}": pixels(fields) * (full + part), f"rows_{step}": rows * full,
            f"values_{step}": values * full, f"partial_rows_{step}": rows * part,
            f"partial_values_{step}": values * part,
        }  # fmt: skip
    return found
