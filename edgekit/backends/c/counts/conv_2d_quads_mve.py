"""Convolution of three channels into four on Helium: rows of outputs, requantized 16 at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve.conv_2d_quads import OUT_C, VECTOR, WIDTHS


def features(fields: Fields) -> dict[str, float]:
    batches, outputs = fields["batches"], fields["out_size"]
    _, width = WIDTHS[int(fields["kernel"][-1])]
    sixteens = batches * (outputs // VECTOR)
    return {"call": 1, "pictures": batches, "rows": batches * outputs // (width * OUT_C), "sixteens": sixteens}
