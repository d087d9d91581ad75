"""1x1 convolutions of 5 inputs with the DSP instructions, fifth products two at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

INPUTS, CHANNELS = 5, 16


def features(fields: Fields) -> dict[str, float]:
    pixels, step = fields["outputs"] // CHANNELS, INPUTS * (1 + ("_by_" in fields["kernel"]))
    return {"call": 1, "lines": pixels * step // fields["row"], "pixels": pixels}
