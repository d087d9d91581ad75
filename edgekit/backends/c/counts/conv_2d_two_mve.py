"""Convolution of 2 channels on Helium by lines of columns, pixel by pixel."""

from __future__ import annotations

from edgekit.backends.c.counts._lines import made
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    rows = fields["batches"] * fields["out_h"]
    pixels = rows * (fields["pixels"] >> 16)
    return {**made(fields), "rows": rows, "pixels": pixels, "blocks": pixels * fields["blocks"]}
