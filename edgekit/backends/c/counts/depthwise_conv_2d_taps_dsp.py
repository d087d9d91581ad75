"""Depthwise convolution of any window with the DSP instructions: the taps of a pixel, then groups of four channels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, clamped, pixels

GROUP, UNROLLED = 4, 5


def features(fields: Fields) -> dict[str, float]:
    channels, pairs, count, batches = fields["in_c"], fields["pairs"], pixels(fields), fields["batches"]
    groups, h, w = count * ceil_div(channels, GROUP), axis(fields, "h"), axis(fields, "w")
    edges, window = count - batches * h.full * w.full, fields["kernel_h"] * fields["kernel_w"]
    inside = batches * (sum(h.inside) * sum(w.inside) - h.full * w.full * window)
    return {
        "call": 1, "zeros": channels, "table": window, "table_rows": fields["kernel_h"],
        "rows": batches * fields["out_h"], "pixels": count, "rests": count * (channels % GROUP != 0),
        "groups": groups, "pairs": groups * pairs, "turns": groups * ceil_div(pairs, UNROLLED),
        "edges": edges, "edge_rows": edges * fields["kernel_h"], "edge_taps": inside,
        "outside": edges * window - inside, **clamped(fields, count * channels),
    }  # fmt: skip
