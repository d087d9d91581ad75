"""Fully connected layers of two outputs with the DSP instructions: two samples, four inputs at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    pairs = fields["outputs"] // 4
    return {"call": 1, "pairs": pairs, "fours": pairs * fields["in_c"] // 4}
