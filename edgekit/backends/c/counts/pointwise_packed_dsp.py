"""1x1 convolutions of 5 inputs with the DSP instructions, outputs stored by words."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

INPUTS = 5
TWO = (4, 8, 10)  # channels of which two pixels are computed in a turn


def features(fields: Fields) -> dict[str, float]:
    channels, step = int(fields["kernel"].split("_")[4]), INPUTS * (1 + ("_by_" in fields["kernel"]))
    pixels = fields["outputs"] // channels
    lines = pixels * step // fields["row"]
    common = {"call": 1, "lines": lines, "pixels": pixels}
    return {**common, "odd": lines * fields["odd"]} if channels in TWO else common
