"""3x3 convolution by Winograd's algorithm with the DSP instructions: two tiles of 2x2 outputs at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped, pixels

MOST_BLOCKS = 16  # of 4 channels in one go


def features(fields: Fields) -> dict[str, float]:
    tiles = fields["batches"] * ceil_div(fields["out_h"], 2) * ceil_div(fields["out_w"], 4)
    blocks, pairs = ceil_div(fields["in_c"], 4), fields["out_c"] // 2
    parts = ceil_div(blocks, MOST_BLOCKS)
    odd = fields["in_c"] % 4 > 0
    return {
        "call": 1, "prepared": blocks, "parts": parts, "tiles": tiles, "transformed": tiles * blocks,
        "transforms": tiles * parts, "pairs": tiles * pairs, "rows": tiles * pairs * parts,
        "more_parts": tiles * pairs * (parts - 1), "products": tiles * pairs * blocks, "narrow": tiles * odd,
        "narrow_bytes": tiles * odd * fields["in_c"],
        **clamped(fields, pixels(fields) * fields["out_c"]),
    }  # fmt: skip
