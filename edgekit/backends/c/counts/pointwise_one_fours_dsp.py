"""Layers of one output with the DSP instructions, four pixels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    inputs = int(fields["kernel"].split("_")[3])
    return {"call": 1, "fours": fields["last"] // (4 * inputs)}
