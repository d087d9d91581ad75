"""Layers of one output with the DSP instructions: sample by sample, up to 3 times 4 inputs, then 16 at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    lines, inputs = fields["lines"], fields["in_c"]
    samples = lines * fields["outputs"]
    fours, sixteens = inputs % 16 // 4, inputs // 16
    if fields["kernel"] == "fully_connected_64_to_1_dsp":
        return {"call": 1}
    if fields["kernel"] == "fully_connected_1_to_1_dsp":
        return {"call": 1, "fours": fours, "sixteens": sixteens}
    return {"call": 1, "lines": lines, "samples": samples, "fours": samples * fours, "sixteens": samples * sixteens}
