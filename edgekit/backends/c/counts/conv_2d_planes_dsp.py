"""Convolution of 3x3 taps of few channels with the DSP instructions: rows are expanded once, four pixels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._rows import expanded, is_clamped
from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    batches, width, out_c = fields["batches"], fields["out_w"], fields["out_c"]
    rows = list(expanded(fields))
    inside, bands = batches * sum(some for _, some, _ in rows), batches * len(rows)
    lines = batches * fields["out_h"] * out_c
    threes = -width % 4
    fours = (width - 3 * threes) // 4
    each = ceil_div(fields["pitch"], 16)  # what a row of padding takes; the word behind the last row takes some, too
    padding = sum(a * each + ceil_div(b * fields["pitch"] + 4, 16) for a, _, b in rows)
    return {
        "call": 1, "images": batches, "bands": bands, "above": batches * sum(a > 0 for a, _, _ in rows),
        "padding": batches * padding, "rows": inside, "fours": inside * fields["fours"],
        "ones": inside * fields["ones"], "channels": bands * out_c, "lines": lines,
        "lines_of_fours": lines * (fours > 0), "blocks_4": lines * fours, "blocks_3": lines * threes,
        "clamped": lines * width * is_clamped(fields),
    }  # fmt: skip
