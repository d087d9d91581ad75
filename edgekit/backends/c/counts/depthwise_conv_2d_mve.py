"""Depthwise convolution on Helium, 8 channels at a time; whole 3x3 windows are a case of their own."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, pixels, taps


def features(fields: Fields) -> dict[str, float]:
    h, w = axis(fields, "h"), axis(fields, "w")
    three = fields["kernel_h"] == 3 and fields["kernel_w"] == 3
    inner = fields["batches"] * h.full * w.full if three else 0
    outer = pixels(fields) - inner
    full, partial = divmod(fields["in_c"], 8)
    blocks = ceil_div(fields["in_c"], 8)
    once = taps(fields)
    inside = once["taps_inside"] - 9 * inner
    return {
        "call": 1, "lines": fields["batches"] * fields["out_h"], "pixels": pixels(fields), "inner": inner * full,
        "inner_part": inner * (partial > 0), "outer": outer * blocks, "outer_part": outer * (partial > 0),
        "rows": (once["rows"] - 3 * inner) * blocks, "taps": outer * fields["kernel_h"] * fields["kernel_w"] * blocks,
        "taps_inside": inside * blocks, "shifted": pixels(fields) * blocks * fields["shifted"],
        "shifted_inner": inner * blocks * fields["shifted"],
    }  # fmt: skip
