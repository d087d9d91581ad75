"""Products of an operand that repeats, with the DSP instructions."""

from __future__ import annotations

from edgekit.backends.c.counts._prepared import prepared
from edgekit.backends.c.counts._turns import runs
from edgekit.backends.c.counts._window import Fields, clamped


def features(fields: Fields) -> dict[str, float]:
    passed = runs(fields)
    return {
        **prepared(fields), "runs": len(passed), "eights": sum(n // 8 for n in passed),
        "fours": sum(n // 4 % 2 for n in passed), "last": sum(n % 4 > 0 for n in passed),
        "odd": sum(n % 4 for n in passed),
        **clamped(fields, fields["groups"] * fields["values"]),
    }  # fmt: skip
