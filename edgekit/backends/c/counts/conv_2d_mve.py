"""Matrix product of windows and filters on Helium, with and without gathering the windows."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, pixels


def features(fields: Fields) -> dict[str, float]:
    windows, blocks, rest = pixels(fields), ceil_div(fields["out_c"], 8), fields["rest"]
    partial = fields["out_c"] % 8 > 0
    limited = fields["low"] != -128 or fields["high"] != 127
    lines = 1 if fields["stride_h"] * fields["stride_w"] == 1 else fields["batches"] * fields["out_h"]
    jobs = fields["batches"] * fields["out_h"] * ceil_div(fields["out_w"], max(1, fields["pixels"]))
    all_blocks, way = windows * blocks, "paired" if fields["paired"] else "plain"
    return {
        "call": 1, "windows": windows, "partial": windows * partial, "blocks": all_blocks,
        f"chunks_{way}": all_blocks * fields["chunks"], f"rest_{way}": all_blocks * rest,
        "chunked": all_blocks * (fields["chunks"] > 0), "with_rest": all_blocks * (rest > 0),
        "shifted": all_blocks * fields["shifted"], "limited": all_blocks * (limited and not fields["shifted"]),
        **(_gathered(fields) | {"jobs": jobs} if not fields["paired"] else {"jobs": lines}),
    }  # fmt: skip


def _gathered(fields: Fields) -> dict[str, float]:
    """Windows that are whole are copied by rows, in runs; the others are filled first."""
    h, w = axis(fields, "h"), axis(fields, "w")
    size, segment = fields["kernel_h"] * fields["kernel_w"] * fields["in_c"], fields["kernel_w"] * fields["in_c"]
    dense = fields["dilation_w"] == 1
    outputs = fields["batches"] * fields["out_h"] * fields["out_w"]
    whole = fields["batches"] * h.full * w.full if dense else 0
    rows, vectors = whole * fields["kernel_h"], ceil_div(segment, 16)
    broken_rows = fields["batches"] * sum(h.inside) * fields["out_w"] - rows
    return {
        "whole": whole, "whole_rows": rows, "whole_vectors": rows * vectors, "long_rows": rows * (segment > 64),
        "long_vectors": rows * vectors * (segment > 64), "broken": outputs - whole,
        "filled": (outputs - whole) * ceil_div(size, 16), "broken_rows": broken_rows * (1 if dense else segment),
        "broken_vectors": broken_rows * (vectors if dense else fields["kernel_w"] * ceil_div(fields["in_c"], 16)),
    }  # fmt: skip
