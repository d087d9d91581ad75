"""Convolution of 2 channels into few on Helium: rows, windows gathered by eights, then channel by channel."""

from __future__ import annotations

from edgekit.backends.c.counts._image_rows import rows
from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve._bands import ROWS


def features(fields: Fields) -> dict[str, float]:
    batches, groups = fields["batches"], fields["groups"]
    channels = batches * fields["channels"]
    return {
        "call": 1, "inputs": batches, "groups": batches * groups, "channels": channels, "rounds": channels * groups,
        **rows(fields, ROWS),
    }  # fmt: skip
