"""Convolution of 2 channels on Helium by lines of columns, pixel by pixel."""

from __future__ import annotations

from edgekit.backends.c.counts._lines import made
from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve._lines import BLOCK, MOST_BLOCKS


def features(fields: Fields) -> dict[str, float]:
    rows = fields["batches"] * fields["out_h"]
    blocks = MOST_BLOCKS - fields["code"]
    return {
        **made(fields), "rows": rows, "pixels": rows * fields["out_pitch"] // (blocks * BLOCK),
        "blocks": rows * fields["out_pitch"] // BLOCK,
    }  # fmt: skip
