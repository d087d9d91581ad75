"""Convolution of 2 channels by tiles on Helium: how often they come, from the regions themselves."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve.conv_2d_two_tiles import FOUR, IN_C, REGION

TILE = 2  # pixels across


def features(fields: Fields) -> dict[str, float]:
    regions = fields["regions"].reshape(-1, REGION)
    ends, begins, downs, lasts, edges = (regions[:, i] for i in (0, 2, 9, 10, 11))
    pixels = (ends - begins) // IN_C
    tiles, batches = edges == 0, fields["batches"]
    rows = (lasts - begins)[tiles] // downs[tiles]
    return {
        "call": 1, "pictures": batches, "copied_rows": batches * fields["rows"], "regions": batches * len(regions),
        "edges": batches * int(edges.sum()), "fours": batches * int(pixels[~tiles].sum() // FOUR),
        "rows": batches * int(rows.sum()), "tiles": batches * int((rows * pixels[tiles]).sum() // TILE),
    }  # fmt: skip
