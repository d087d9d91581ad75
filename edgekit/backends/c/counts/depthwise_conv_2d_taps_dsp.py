"""Depthwise convolution of any window with the DSP instructions: the taps of a pixel, then groups of four channels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped, pixels, taps

GROUP, UNROLLED = 4, 5


def features(fields: Fields) -> dict[str, float]:
    channels, pairs, count = fields["in_c"], fields["pairs"], pixels(fields)
    groups = count * ceil_div(channels, GROUP)
    found = taps(fields)
    return {
        "call": 1, "zeros": channels, "batches": fields["batches"], "rows": fields["batches"] * fields["out_h"],
        "pixels": count, "rests": count * (channels % GROUP != 0), "groups": groups, "pairs": groups * pairs,
        "turns": groups * ceil_div(pairs, UNROLLED), "kernel_rows": found["rows"],
        "places": count * fields["kernel_h"] * fields["kernel_w"], "inside": found["taps_inside"],
        **clamped(fields, count * channels),
    }  # fmt: skip
