"""Convolution of one input channel with the DSP instructions: 2x2 pixels, one channel at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._bands import bands, filled
from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def features(fields: Fields) -> dict[str, float]:
    batches, width, out_c = fields["batches"], fields["out_w"], fields["out_c"]
    every = [lines for _, lines in bands(fields)]
    apart = fields["stride_h"] != 1 or fields["stride"] != 1
    pairs = 0 if apart else batches * sum(lines // 2 for lines in every)
    single = batches * sum(lines if apart else lines % 2 for lines in every)
    return {
        "call": 1, "images": batches, "bands": batches * len(every),
        "passes": 0 if apart else batches * sum(lines > 1 for lines in every), "lines": pairs,
        "left": pairs * ceil_div(width, 2), "right": pairs * (width // 2), "channels": pairs * width * out_c,
        "turns": pairs * width * ceil_div(out_c, 8), "whole": pairs * width * (out_c % 8 == 0),
        "single_passes": batches * sum(lines > 0 if apart else lines % 2 for lines in every), "single_lines": single,
        "single": single * width, "single_odd": single * width * (out_c % 2),
        "single_pairs": single * width * (out_c // 2), "single_turns": single * width * max(1, ceil_div(out_c // 2, 4)),
        **filled(fields), **clamped(fields, batches * fields["out_h"] * width * out_c),
    }  # fmt: skip
