"""Convolution by Winograd's algorithm: blocks of two tiles, whose input is transformed before all pairs of filters."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped, pixels

PATCH_H, PATCH_W, PART = 4, 6, 16


def features(fields: Fields) -> dict[str, float]:
    blocks, batches, channels = fields["blocks"], fields["batches"], fields["in_c"]
    rows = [oy - fields["pad_top"] for oy in range(0, fields["out_h"], 2)]
    columns = [ox - fields["pad_left"] for ox in range(0, fields["out_w"], 4)]
    tiles = batches * len(rows) * len(columns)
    narrow = channels % 4 != 0
    inner = [sum(i >= 0 and i + n <= size for i in starts) for starts, n, size in (
        (rows, PATCH_H, fields["in_h"]), (columns, PATCH_W, fields["in_w"]))]  # fmt: skip
    edges = tiles - (0 if narrow else batches * inner[0] * inner[1])
    inside = batches * _inside(rows, PATCH_H, fields["in_h"]) * _inside(columns, PATCH_W, fields["in_w"])
    parts = ceil_div(blocks, PART)
    pairs = tiles * fields["out_c"] // 2
    return {
        "call": 1, "prepared": blocks, "tiles": tiles, "parts": tiles * parts, "transformed": tiles * blocks,
        "pairs": pairs, "products": pairs * blocks, "rows": pairs * 4 * parts, "added": pairs * (parts - 1),
        "edges": edges, "edge_bytes": edges * blocks, "narrow_pixels": inside * narrow,
        "narrow_bytes": inside * narrow * (blocks > 1) * channels,
        **clamped(fields, pixels(fields) * fields["out_c"]),
    }  # fmt: skip


def _inside(starts: list[int], length: int, size: int) -> int:
    """How many places of all windows are inside the input."""
    return sum(max(0, min(start + length, size) - max(start, 0)) for start in starts)
