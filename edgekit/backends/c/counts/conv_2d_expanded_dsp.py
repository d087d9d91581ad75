"""Convolution of 3x3 taps with the DSP instructions: rows are expanded once, pairs of pixels, one channel at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._bands import bands
from edgekit.backends.c.counts._window import Fields, clamped

ROWS = 3


def features(fields: Fields) -> dict[str, float]:
    batches, width, out_c = fields["batches"], fields["out_w"], fields["out_c"]
    rows, padded = 0, 0
    for first, lines in bands(fields):
        top, read = first * fields["stride_h"] - fields["pad_top"], (lines - 1) * fields["stride_h"] + ROWS
        inside = sum(0 <= top + row < fields["in_h"] for row in range(read))
        rows += inside
        padded += read - inside
    every = [lines for _, lines in bands(fields)]
    below, odd = sum(lines // 2 for lines in every), sum(lines % 2 for lines in every)
    turns = below + odd * ((width > 1) + width % 2)
    passes = sum(lines > 1 for lines in every) + odd * ((width > 1) + width % 2)
    pairs = batches * out_c * (below * width + odd * (width // 2 + width % 2))
    return {
        "call": 1, "images": batches, "bands": batches * len(every), "rows": batches * rows,
        "sixteens": batches * rows * fields["sixteens"], "eights": batches * rows * fields["eights"],
        "gaps": batches * (rows + len(every)) * fields["gap"],
        "padding": batches * padded * fields["pitch"] // 16, "passes": batches * passes,
        "lines": batches * turns, "channels": batches * turns * out_c, "pairs": pairs, "units": pairs * fields["units"],
        **clamped(fields, batches * fields["out_h"] * width * out_c),
    }  # fmt: skip
