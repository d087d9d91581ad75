"""1x1 convolution on Helium, two pixels at a time: 4 channels, then the rest."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    rest, fours = fields["out_c"] % 4, fields["out_c"] // 4
    pixel = 4 if "places" in str(fields["kernel"]) else int(str(fields["kernel"]).rsplit("_", 1)[1])
    again = int(fields["y_back"] > 0)
    pairs = fields["bytes"] // (2 * pixel) + again
    return {
        "call": 1, "again": again, "pairs": pairs, "fours": pairs * fours, "turns": pairs * ((fours - 1) // 2),
        **{f"rest_{n}": pairs * (rest == n) for n in (1, 2, 3)},
    }  # fmt: skip
