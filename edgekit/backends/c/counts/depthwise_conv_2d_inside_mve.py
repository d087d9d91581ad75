"""Depthwise convolution on Helium, only of the taps inside: 8 outputs and pairs of taps at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

CONSTANTS, PAIR = 1 + 8 + 16, 12  # words of a unit beside its pairs, of a pair


def features(fields: Fields) -> dict[str, float]:
    batches, units = fields["batches"], fields["unit_count"]
    pairs = (len(fields["units"]) - CONSTANTS * units) // PAIR
    return {"call": 1, "batches": batches, "units": batches * units, "pairs": batches * pairs}
