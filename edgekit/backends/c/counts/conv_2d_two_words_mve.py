"""Convolution of 12x12 pictures of two channels into few on Helium: straight on for a channel."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve.conv_2d_two_words import OUT


def features(fields: Fields) -> dict[str, float]:
    several, pictures = fields["kernel"].endswith("_several"), fields["batches"]
    channels = fields["out_step"] // (OUT * OUT - 1)
    return {"call": 1, "pictures": several * (pictures - 1), "channels": several * pictures * channels}
