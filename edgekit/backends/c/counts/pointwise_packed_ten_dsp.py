"""1x1 convolutions and fully connected layers of 4 inputs and 10 channels with the DSP instructions."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

CHANNELS = 10


def features(fields: Fields) -> dict[str, float]:
    pairs = fields["last"] // (2 * CHANNELS) + 1
    lines = fields["outputs"] // (CHANNELS * (2 * pairs + fields["odd"]))
    return {"call": 1, "lines": lines - 1, "pairs": lines * pairs, "odd": lines * fields["odd"]}
