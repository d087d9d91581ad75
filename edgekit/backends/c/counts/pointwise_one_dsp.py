"""Layers of one output with the DSP instructions: two pixels and eight inputs at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    pairs = fields["pairs"]
    return {"call": 1, "pairs": pairs, "eights": pairs * (fields["in_c"] // 8)}
