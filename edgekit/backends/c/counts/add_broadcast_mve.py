"""Sums of an operand that repeats, on Helium."""

from __future__ import annotations

from edgekit.backends.c.counts._turns import repeated, runs
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    groups, passed, swapped = fields["groups"], runs(fields), fields["swapped"]
    fours, prepared = sum(ceil_div(n, 4) for n in passed), groups * ceil_div(fields["period"], 4)
    halves = {**fields, "period": 2 * fields["period"], "prepared": 2 * fields["prepared"]}
    return {
        "call": 1, "groups": groups, "scaled": prepared * (not swapped), "plain": prepared * swapped,
        **repeated(halves),
        "runs": len(passed), "fours": fours, "fours_scaled": fours * swapped,
        "shifted": fours * (fields["out_second"] == 0),
    }  # fmt: skip
