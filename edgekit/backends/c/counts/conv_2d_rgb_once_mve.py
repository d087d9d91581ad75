"""Convolution of 3 channels on Helium by lines of columns, 2 outputs of 4 pixels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._lines import made
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    found, blocks = made(fields), fields["blocks"]
    rows = fields["batches"] * fields["out_h"] * blocks
    return found | {"passes": found["bands"] * blocks, "rows": rows, "rounds": rows * fields["pixels"]}
