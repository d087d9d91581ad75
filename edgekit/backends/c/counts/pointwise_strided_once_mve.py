"""1x1 convolution of every second pixel of 8 channels on Helium, so many runs: each function takes always the same."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1}
