"""Convolution of 2 channels in a small picture on Helium: windows gathered once, then rounds of two channels."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

PIXEL, BLOCK = 9, 90  # words


def features(fields: Fields) -> dict[str, float]:
    pairs, mixed, inner = fields["channels"] // 2, fields["mixed"], fields["inner"]
    pixels = fields["rest_bytes"] // 4 // PIXEL
    return {
        "call": 1, "chunks": fields["blocks"], "mixed_windows": mixed, "inner_windows": inner, "pairs": pairs,
        "mixed": pairs * mixed, "inner": pairs * inner,
        "pixels": pixels, "blocks": pixels * (fields["rest_blocks"].size // BLOCK),
    }  # fmt: skip
