"""Fully connected layers of up to 16 inputs on Helium: blocks of units, groups of samples."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    kernel, blocks = str(fields["kernel"]), fields["blocks"]
    if "_fours" in kernel:
        return {"call": 1, "groups": fields["step"], "blocks": fields["step"] * blocks}
    return {"call": 1, "blocks": blocks} if "_from_" in kernel or "_eights" in kernel else {"call": 1}
