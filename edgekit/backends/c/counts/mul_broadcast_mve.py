"""Products of an operand that repeats, on Helium."""

from __future__ import annotations

from edgekit.backends.c.counts._turns import repeated, runs, turns
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    groups, passed = fields["groups"], runs(fields)
    return {
        "call": 1, "groups": groups, "differences": groups * ceil_div(fields["period"], 8), **repeated(fields),
        "runs": len(passed), **turns(fields, passed),
    }  # fmt: skip
