"""Portable convolution."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, pixels, taps


def features(fields: Fields) -> dict[str, float]:
    once = taps(fields)
    counted = {name: fields["out_c"] * count for name, count in once.items()}
    inner, rest = divmod(fields["in_c"], 16)
    return {
        "call": 1, "pixels": pixels(fields), "outputs": pixels(fields) * fields["out_c"], **counted,
        "macs": counted["taps_inside"] * fields["in_c"],
        "vectors": counted["taps_inside"] * inner, "left": counted["taps_inside"] * rest,
    }  # fmt: skip
