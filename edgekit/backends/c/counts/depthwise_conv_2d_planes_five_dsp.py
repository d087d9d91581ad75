"""Depthwise convolution with the DSP instructions, up to 5x5 taps: planes of four channels."""

from __future__ import annotations

from edgekit.backends.c.counts._planes_large import large
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return large(fields, 2)
