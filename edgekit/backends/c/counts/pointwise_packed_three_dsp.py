"""1x1 convolutions of 2 to 5 inputs and 3 channels with the DSP instructions."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

CHANNELS, PIXELS = 3, 4


def features(fields: Fields) -> dict[str, float]:
    inputs = int(fields["kernel"].split("_")[2])
    of_line = fields["row"] // (inputs * (1 + ("_by_" in fields["kernel"])))
    lines = fields["outputs"] // (CHANNELS * of_line)
    back = int(fields["back_x"] > 0)
    return {"call": 1, "lines": lines - 1, "turns": lines * (of_line // PIXELS + back), "back": lines * back}
