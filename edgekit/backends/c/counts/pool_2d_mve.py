"""Pooling on Helium, 8 (average) or 16 channels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, pixels


def features(fields: Fields) -> dict[str, float]:
    h, w = axis(fields, "h"), axis(fields, "w")
    lanes = 8 if fields["kernel"].startswith("average") else 16
    rows = values = 0
    for height in h.inside:
        for width in w.inside:
            rows += 1 if width == fields["in_w"] else height
            values += height * width
    full, part = divmod(fields["in_c"], lanes)
    batches, single = fields["batches"], h.inside.count(1) * w.inside.count(1)
    return {
        "call": 1, "lines": batches * fields["out_h"], "pixels": pixels(fields),
        "vectors": pixels(fields) * ceil_div(fields["in_c"], lanes), "single": batches * single * (full + (part > 0)),
        "rows": batches * rows * full, "values": batches * values * full,
        "part_rows": batches * rows * (part > 0), "part_values": batches * values * (part > 0),
    }  # fmt: skip
