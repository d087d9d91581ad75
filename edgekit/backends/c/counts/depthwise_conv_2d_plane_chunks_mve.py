"""Depthwise convolution plane by plane on Helium, one output at a time by up to 4 chunks of its window."""

from __future__ import annotations

from edgekit.backends.c.counts._plane import laid_out, loops
from edgekit.backends.c.counts._window import Fields

NAMES = ("1", "2", "3", "4")


def features(fields: Fields) -> dict[str, float]:
    found = laid_out(fields)
    chunks = fields["kind"] // 2
    ways = {"way": found["filters"] * (chunks > 0), "zeros": found["filters"] * (chunks == len(NAMES) - 1)}
    return {**found, **ways, **loops(fields, NAMES)}
