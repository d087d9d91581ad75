"""1x1 convolutions of one input by tables, for cores with the DSP extension."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

TURN = 8  # pixels


def features(fields: Fields) -> dict[str, float]:
    images, channels = fields["images"], fields["channels"]
    lines = images * fields["lines"]
    pixels = lines * fields["line"] // channels
    if fields["kernel"] == "pointwise_table_dsp":
        words = pixels * (channels // 4)
        return {"call": 1, "pixels": pixels, "words": words, "lines": lines, "images": images - 1}
    if "_by_" in fields["kernel"]:
        return {"call": 1, "pixels": pixels, "lines": lines, "images": images - 1}
    return {"call": 1, "pixels": pixels, "turns": ceil_div(pixels, TURN)}
