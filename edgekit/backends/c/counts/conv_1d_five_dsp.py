"""Convolution along one axis of 5 inputs with the DSP instructions, outputs stored by words."""

from __future__ import annotations

from edgekit.backends.c.counts._segments import lines_of
from edgekit.backends.c.counts._window import Fields

TWO = (4, 8)  # channels of which two windows are computed in a turn


def features(fields: Fields) -> dict[str, float]:
    found, segment, columns = lines_of(fields), fields["segment"], fields["columns"]
    odd = sum(min(segment, columns - start) % 2 for start in range(0, columns, segment))
    return found | ({"odd": found["pixels"] / columns * odd} if fields["out_c"] in TWO else {})
