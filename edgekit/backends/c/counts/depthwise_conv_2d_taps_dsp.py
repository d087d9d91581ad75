"""Depthwise convolution of any window with the DSP instructions: a pixel's taps are located, then taken in pairs."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped, pixels, taps

UNROLLED = 5


def features(fields: Fields) -> dict[str, float]:
    count, channels, pairs = pixels(fields), fields["in_c"], fields["pairs"]
    groups = count * ceil_div(channels, 4)
    once = taps(fields)
    return {
        "call": 1, "cleared": channels, "lines": fields["batches"] * fields["out_h"], "pixels": count,
        "rows": once["rows"], "places": once["rows"] * fields["kernel_w"], "places_in_rows": once["taps"],
        "inside": once["taps_inside"], "rest": count * (channels % 4 > 0), "groups": groups, "pairs": groups * pairs,
        "turns": groups * ceil_div(pairs, UNROLLED), **clamped(fields, count * channels),
    }  # fmt: skip
