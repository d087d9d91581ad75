"""Sums on Helium, 8 or 4 values at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

CLAMP = (-128, 127)


def features(fields: Fields) -> dict[str, float]:
    count, both = fields["count"], fields["input_shift"] != 0
    one = not both and fields["out_second"] == 0
    by_eights = not both and not one and (fields["low"], fields["high"]) == CLAMP
    eights = max(count // 8 - 1, 0) * by_eights
    fours = ceil_div(count - 8 * eights, 4)
    return {
        "call": 1, "begun": eights > 0, "short": by_eights and not eights,
        "only_high": fields["low"] == CLAMP[0] and fields["high"] < CLAMP[1],
        "eights": eights, "fours": fours, "one_shift": fours * one, "two_shifts": fours * both,
    }  # fmt: skip
