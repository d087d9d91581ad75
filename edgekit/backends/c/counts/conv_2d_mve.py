"""Matrix product of windows and filters on Helium, with and without gathering the windows."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, pixels


def features(fields: Fields) -> dict[str, float]:
    windows, blocks, rest = pixels(fields), ceil_div(fields["out_c"], 8), fields["rest"]
    partial = fields["out_c"] % 8 > 0
    lines = 1 if fields["stride_h"] * fields["stride_w"] == 1 else fields["batches"] * fields["out_h"]
    jobs = fields["batches"] * fields["out_h"] * ceil_div(fields["out_w"], max(1, fields["pixels"]))
    return {
        "call": 1, "windows": windows, "partial": windows * partial, "blocks": windows * blocks,
        "chunks": windows * blocks * fields["chunks"], "unchunked": windows * blocks * (fields["chunks"] == 0),
        "with_rest": windows * blocks * (rest > 0), "rest": windows * blocks * rest,
        "shifted": windows * blocks * fields["shifted"],
        **(_gathered(fields) | {"jobs": jobs} if fields["pixels"] else {"jobs": lines}),
    }  # fmt: skip


def _gathered(fields: Fields) -> dict[str, float]:
    h, w = axis(fields, "h"), axis(fields, "w")
    kept = fields["batches"] * sum(h.inside)
    lost = fields["batches"] * sum(b + a for b, a in zip(h.before, h.after, strict=True))
    channels, width = fields["in_c"], fields["kernel_w"]
    whole = w.full if fields["dilation_w"] == 1 else 0
    single = (fields["out_w"] - whole) * width
    return {
        "rows": kept * whole, "rows_16": kept * whole * ceil_div(width * channels, 16),
        "columns": kept * single, "columns_16": kept * single * ceil_div(channels, 16),
        "broken": kept * (fields["out_w"] - whole),
        "filled": lost * fields["out_w"], "filled_16": lost * fields["out_w"] * ceil_div(width * channels, 16),
    }  # fmt: skip
