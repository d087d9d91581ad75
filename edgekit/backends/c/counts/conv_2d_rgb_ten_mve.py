"""Convolution of 3 channels into 10 on Helium by lines of columns."""

from __future__ import annotations

from edgekit.backends.c.counts._lines import made
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    found, rows = made(fields), fields["batches"] * fields["out_h"]
    return found | {"passes": found["bands"], "rows": rows, "rounds": rows * ((fields["pixels"] >> 16) + 1)}
