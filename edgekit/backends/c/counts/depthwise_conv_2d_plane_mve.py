"""Depthwise convolution plane by plane on Helium, groups of 2 or 4 outputs."""

from __future__ import annotations

from edgekit.backends.c.counts._plane import laid_out, loops
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    found = laid_out(fields)
    return {**found, "filters_4": found["filters"] * (fields["kind"] // 2), **loops(fields, ("2", "4"))}
