"""Convolution of pictures of few values: one output after the other."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

WORDS = {"conv_2d_whole_1_dsp": 5, "conv_2d_whole_4_dsp": 6, "conv_2d_whole_9_dsp": 9}  # of an output


def features(fields: Fields) -> dict[str, float]:
    samples, outputs = fields["samples"], fields["bytes"] // (4 * WORDS[fields["kernel"]])
    return {"call": 1, "samples": samples, "outputs": samples * outputs, "turns": samples * ceil_div(outputs, 8)}
