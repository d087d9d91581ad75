"""Layers of one output in steps of two with the DSP instructions: four pixels at a time, then three."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    rows, fours = fields["size"] // fields["outputs"], fields["fours"] // 4
    return {"call": 1, "rows": rows, "fours": rows * fours, "threes": rows * (fields["outputs"] - 4 * fours) // 3}
