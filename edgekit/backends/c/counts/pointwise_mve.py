"""1x1 convolution on Helium, a pixel in registers: 8 channels at a time after those that are no multiple of 8."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    in_c = fields["last"] + 16
    vectors, first = ceil_div(in_c, 16), fields["first"]
    out_c = _channels(fields, vectors)
    pixels = fields["outputs"] // out_c
    return {
        "call": 1, "lines": ceil_div(pixels, fields["count"]) - 1, "pixels": pixels,
        "blocks": pixels * (out_c // 8 + (first == 5)), "most": pixels * (first == 5),
        **{f"rest_{n}": pixels * (first == n) for n in (1, 2, 3, 4)},
    }  # fmt: skip


def _channels(fields: Fields, vectors: int) -> int:
    """From the stream's bytes."""
    lanes, first = fields["lanes"], fields["first"]
    rest = lanes if first >= 4 else first
    block = 8 * (12 + 16 * vectors)
    some = block if first == 5 else first * (4 + 16 * vectors) + 32 * (first > 0)
    return int((fields["bytes"] - some) // block * 8 + rest)
