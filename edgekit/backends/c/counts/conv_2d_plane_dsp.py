"""Convolution of one input channel with the DSP instructions: 2x2 pixels, one channel at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._bands import bands, filled
from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    batches, width, out_c = fields["batches"], fields["out_w"], fields["out_c"]
    every = [lines for _, lines in bands(fields)]
    pairs = batches * sum(ceil_div(lines, 2) for lines in every)
    passes = batches * sum((lines > 1) + lines % 2 for lines in every)
    pixels = pairs * width
    return {
        "call": 1, "images": batches, "bands": batches * len(every), "passes": passes, "lines": pairs,
        "left": pairs * ceil_div(width, 2), "right": pairs * (width // 2), "channels": pixels * out_c,
        "turns": pixels * ceil_div(out_c, 8), "whole": pixels * (out_c % 8 == 0), **filled(fields),
        **clamped(fields, batches * fields["out_h"] * width * out_c),
    }  # fmt: skip
