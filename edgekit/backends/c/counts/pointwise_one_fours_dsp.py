"""Layers of one output with the DSP instructions, four pixels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

TURN = 3  # fours of 8 inputs in one turn


def features(fields: Fields) -> dict[str, float]:
    inputs = int(fields["kernel"].split("_")[3])
    fours = fields["last"] // (4 * inputs)
    return {"call": 1, "fours": fours} | ({"turns": -(-fours // TURN)} if inputs == 8 else {})
