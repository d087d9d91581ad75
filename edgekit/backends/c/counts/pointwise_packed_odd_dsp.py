"""1x1 convolutions of 5 inputs with the DSP instructions, fifth products two at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

INPUTS = 5


def features(fields: Fields) -> dict[str, float]:
    step = INPUTS * (1 + ("_by_" in fields["kernel"]))
    return {"call": 1, "lines": fields["lines"], "pixels": fields["lines"] * fields["row"] // step}
