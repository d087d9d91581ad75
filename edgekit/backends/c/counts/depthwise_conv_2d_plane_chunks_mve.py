"""Depthwise convolution plane by plane on Helium, windows of several gathers: bands, channels by units, filters."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

KINDS = ("plain", "clamped", "once")


def features(fields: Fields) -> dict[str, float]:
    bands, units = fields["bands"].reshape(-1, 5), fields["units"] + 1
    rows, channels = bands[:, 2], len(bands) * fields["channels"]
    pairs = fields["channels"] * int(((rows * units + 1) // 2).sum())
    filters, every = channels * fields["depth_multiplier"], int(rows.sum())
    return {
        "call": 1, "vectors": fields["vectors"], "bands": len(bands), "filled": len(bands) * fields["filled"],
        "rows": every, "units": every * units, "one_unit": every * (units == 1),
        "channels": channels, "filters": filters,
        "wide": pairs * (fields["narrow"] == 0), "narrow": pairs * (fields["narrow"] > 0),
        **{kind: filters * fields["iterations"] * (fields["kind"] == i) for i, kind in enumerate(KINDS)},
    }  # fmt: skip
