"""Depthwise convolution plane by plane on Helium, windows of several gathers: bands, channels by units, filters."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

KINDS = ("plain", "clamped", "once")


def features(fields: Fields) -> dict[str, float]:
    bands = fields["bands"].reshape(-1, 6)
    pairs, channels = int(bands[:, 3].sum()), len(bands) * fields["channels"]
    filters, laid = channels * fields["depth_multiplier"], pairs * fields["channels"]
    return {
        "call": 1, "vectors": fields["vectors"], "bands": len(bands), "filled": len(bands) * fields["filled"],
        "pairs": pairs, "channels": channels, "filters": filters,
        "wide": laid * (fields["narrow"] == 0), "narrow": laid * (fields["narrow"] > 0),
        **{kind: filters * fields["iterations"] * (fields["kind"] == i) for i, kind in enumerate(KINDS)},
    }  # fmt: skip
