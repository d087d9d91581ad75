"""Convolution of three channels with the DSP instructions, windows two columns apart, four outputs at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._rows import expanded, is_clamped
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    batches, width, out_c, flags = fields["batches"], fields["out_w"], fields["out_c"], fields["flags"]
    rows = list(expanded(fields))
    inside, bands = batches * sum(some for _, some, _ in rows), batches * len(rows)
    filled = (batches if len(rows) > 1 else 1) * ceil_div(fields["pitch"], 16)
    threes = -width % 4
    blocks = batches * fields["out_h"] * out_c
    return {
        "call": 1, "images": batches, "bands": bands, "padding": filled * sum(a + b for a, _, b in rows),
        "rows": inside, "rows_padded": inside * (flags & 1), "rows_odd": inside * (flags >> 1 & 1),
        "twos": inside * fields["twos"], "channels": bands * out_c,
        "blocks_4": blocks * ((width - 3 * threes) // 4), "blocks_3": blocks * threes,
        "clamped": blocks * width * is_clamped(fields),
    }  # fmt: skip
