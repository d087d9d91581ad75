"""Convolution, 16x8, by pairs of pixels and channels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, pixels, taps


def features(fields: Fields) -> dict[str, float]:
    once = taps(fields)
    direct = fields["kernel_h"] * fields["kernel_w"] == 1 and fields["in_c"] % 4 == 0
    turns = fields["batches"] * ceil_div(fields["out_h"] * fields["out_w"], 2)
    gathered = 0 if direct else 1
    halves = once["taps_inside"] * fields["in_c"]
    words = gathered * halves * (fields["in_c"] % 2 == 0)
    return {
        "call": 1, "turns": turns, "finished": turns * fields["pairs"], "odd": turns * (fields["out_c"] % 2),
        "blocks": turns * fields["pairs"] * fields["groups"], "gathered": gathered * pixels(fields),
        "rows": gathered * once["rows"], "rows_inside": gathered * once["rows_inside"],
        "outside": gathered * (once["taps"] - once["taps_inside"]), "words": words, "halves": gathered * halves - words,
        "rest": gathered * pixels(fields) * (fields["kernel_h"] * fields["kernel_w"] * fields["in_c"] % 4 > 0),
    }  # fmt: skip
