"""3x3 convolution of three channels into ten on Helium: pairs of rows, 16 outputs of 2 or 4 columns."""

from __future__ import annotations

from edgekit.backends.c.counts._picture import picture
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    pairs = len(fields["steps"])
    columns = pairs * (fields["between"] + 2)
    early = (columns % 2 > 0) * 2 + (columns % 4 > 0)
    batches = fields["batches"]
    return picture(fields, pairs) | {
        "outputs": batches * (2 * ceil_div(columns, 2) + ceil_div(columns, 4)), "early": batches * early,
    }  # fmt: skip
