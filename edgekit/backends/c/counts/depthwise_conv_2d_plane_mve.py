"""Depthwise convolution plane by plane on Helium: a channel of a band is gathered, then all its filters."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    bands = fields["bands"].reshape(-1, 7)
    channels, full = fields["channels"], fields["full"]
    rows = bands[:, 3]
    many, filters = len(bands) * channels, len(bands) * channels * fields["depth_multiplier"]
    limited, four = fields["kind"] % 2, fields["kind"] // 2
    return {
        "call": 1, "vectors": fields["vectors"], "bands": len(bands),
        "filled": int(bands[:, 2].sum() + bands[:, 5].sum()), "channels": many, "filters": filters,
        "filters_4": filters * four,
        **({"wide": many, "wide_rows": channels * int(rows.sum()), "full": channels * int(rows.sum()) * full,
            "rest": channels * int(rows.sum()) * (fields["rest"] > 0)} if full else
           {"row_pairs": channels * int((rows // 2).sum()), "odd_rows": channels * int((rows % 2).sum())}),
        **{f"{name}_{outputs}": filters * fields["iterations"] * (limited == i and four == j)
           for i, name in enumerate(("plain", "clamped")) for j, outputs in enumerate((2, 4))},
    }  # fmt: skip
