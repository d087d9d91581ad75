"""Products of an operand that repeats, with the DSP instructions."""

from __future__ import annotations

from edgekit.backends.c.counts._turns import runs
from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    groups, passed = fields["groups"], runs(fields)
    fours, filled, copies = ceil_div(fields["prepared"], 4), fields["period"], 1
    while filled < fields["prepared"]:
        copies, filled = copies + 1, 2 * filled
    copied = groups * (fields["period"] != 4 * fours)
    return {
        "call": 1, "groups": groups, "prepared": groups * fours, "copies": copied * copies,
        "copied": copied * fields["prepared"], "runs": len(passed), "eights": sum(n // 8 for n in passed),
        "fours": sum(n // 4 % 2 for n in passed), "last": sum(n % 4 > 0 for n in passed), "odd": sum(n % 4 for n in passed),
        **clamped(fields, groups * fields["values"]),
    }  # fmt: skip
