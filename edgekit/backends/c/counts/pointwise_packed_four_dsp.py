"""1x1 convolutions and fully connected layers of 2 to 4 inputs with the DSP instructions, by eights or fours."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    channels, *pairs = fields["kernel"].removesuffix("_dsp").partition("_to_")[2].split("_")
    of_line = fields["last"] // int(channels) + 1
    if pairs:
        return {"call": 1, "pixels": of_line + 1}
    lines = fields["images"] * fields["lines"]
    return {"call": 1, "images": fields["images"] - 1, "lines": lines, "pixels": lines * of_line}
