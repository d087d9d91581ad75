"""Pooling with the DSP instructions, 4 channels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, clamped, pixels


def features(fields: Fields) -> dict[str, float]:
    h, w = axis(fields, "h"), axis(fields, "w")
    sizes = [(height, width) for height in h.inside for width in w.inside]
    fours = ceil_div(fields["in_c"], 4)
    each = fields["batches"] * fours
    return {
        "call": 1, "lines": fields["batches"] * fields["out_h"], "pixels": pixels(fields),
        "fours": pixels(fields) * fours,
        "rows": each * sum(1 if width == fields["in_w"] else height for height, width in sizes),
        "values": each * sum(height * width for height, width in sizes),
        **clamped(fields, pixels(fields) * 4 * fours),
    }  # fmt: skip
