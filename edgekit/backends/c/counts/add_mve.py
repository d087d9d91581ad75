"""Sums on Helium, 4 values at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    fours, both = ceil_div(fields["count"], 4), fields["input_shift"] != 0
    one = not both and fields["out_second"] == 0
    return {"call": 1, "fours": fours, "one_shift": fours * one, "two_shifts": fours * both}
