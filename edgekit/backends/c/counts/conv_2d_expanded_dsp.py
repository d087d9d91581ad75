"""Convolution of 3x3 taps with the DSP instructions: rows are expanded once, pairs of pixels, one channel at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._bands import bands
from edgekit.backends.c.counts._rows import expanded, is_clamped
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    batches, width, out_c = fields["batches"], fields["out_w"], fields["out_c"]
    rows, every = list(expanded(fields)), [lines for _, lines in bands(fields)]
    inside = batches * sum(some for _, some, _ in rows)
    below, odd = sum(lines // 2 for lines in every), sum(lines % 2 for lines in every)
    beside = odd * ((width > 1) + width % 2)
    passes = batches * (sum(lines > 1 for lines in every) + beside)
    pairs = batches * out_c * (below * width + odd * (width // 2 + width % 2))
    return {
        "call": 1, "images": batches, "bands": batches * len(every), "rows": inside,
        "sixteens": inside * fields["sixteens"], "eights": inside * fields["eights"],
        "gaps": (inside + batches * len(every)) * fields["gap"],
        "padding": batches * sum(a + b for a, _, b in rows) * fields["pitch"] // 16,
        "passes": passes, "lines": batches * (below + beside), "channels": batches * (below + beside) * out_c,
        "pairs": pairs, "units": pairs * fields["units"],
        "clamped": batches * fields["out_h"] * width * out_c * is_clamped(fields),
    }  # fmt: skip
