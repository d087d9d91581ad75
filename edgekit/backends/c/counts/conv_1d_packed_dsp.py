"""Convolution along one axis of 3 or 4 inputs with the DSP instructions, outputs stored by eights or fours."""

from __future__ import annotations

from edgekit.backends.c.counts._segments import lines_of
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return lines_of(fields)
