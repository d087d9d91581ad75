"""1x1 convolution of one channel into few, pixels apart, by tables on Helium: blocks of 16 pixels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

LANES = 16


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, "blocks": ceil_div(fields["count"], LANES)}
