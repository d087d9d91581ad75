"""1x1 convolution of 8 into 8 channels and so many pixels on Helium: always the same."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1}
