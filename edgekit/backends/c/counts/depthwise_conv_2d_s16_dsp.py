"""Depthwise convolution, 16x8, by fours of channels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, pixels, taps


def features(fields: Fields) -> dict[str, float]:
    once, blocks = taps(fields), fields["in_c"] // 4
    return {
        "call": 1, "pixels": pixels(fields), "blocks": pixels(fields) * blocks,
        "rows": once["rows_inside"] * blocks, "taps": once["taps_inside"] * blocks,
    }  # fmt: skip
