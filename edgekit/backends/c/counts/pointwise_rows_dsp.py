"""Layers of 8 inputs and few channels in steps of two with the DSP instructions: row by row, channel by channel."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    channels = fields["stream"].shape[0]
    pixels = int(fields["kernel"].split("_by_")[1].split("_")[0])
    return {"call": 1, "rows": fields["size"] // (channels * pixels)}
