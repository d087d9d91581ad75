"""1x1 convolution of few channels on Helium, pixels in lanes: runs of blocks of 8 pixels, for each output channel."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    channels = fields["channels"]
    runs = channels * fields["runs"]
    return {"call": 1, "channels": channels, "runs": runs, "blocks": runs * fields["blocks"]}
