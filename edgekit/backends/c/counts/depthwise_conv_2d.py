"""Portable depthwise convolution."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, pixels, taps


def features(fields: Fields) -> dict[str, float]:
    channels = fields["in_c"] * fields["depth_multiplier"]
    one = "_of_one" if fields["in_c"] == 1 else ""  # gcc makes two versions of the inner loop
    counted = dict.fromkeys(("taps", "taps_inside", "taps_of_one", "taps_inside_of_one"), 0)
    for name, count in taps(fields).items():
        counted[name + (one if name in counted else "")] = channels * count
    return {"call": 1, "pixels": pixels(fields), "outputs": pixels(fields) * channels, **counted}
