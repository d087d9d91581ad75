"""Convolution along one axis with the DSP instructions: windows as pixels whose taps stay in registers."""

from __future__ import annotations

from edgekit.backends.c.counts._segments import lines_of
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    found = lines_of(fields)
    return {
        **found,
        "turns": found["pixels"] * ceil_div(fields["out_c"], 8),
        "outputs": found["pixels"] * fields["out_c"],
    }
