"""Products with the DSP instructions."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    eights, left = divmod(fields["count"], 8)
    return {"call": 1, "eights": eights, "last": ceil_div(left, 4), "odd": left % 4, **clamped(fields, fields["count"])}
