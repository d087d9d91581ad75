"""1x1 convolution of one channel by tables of pairs on Helium: blocks of 8 pixels, for 8 or 10 channels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

LANES = 8


def features(fields: Fields) -> dict[str, float]:
    passes = fields["passes"]
    return {"call": 1, "passes": passes, "blocks": passes * ceil_div(fields["count"], LANES)}
