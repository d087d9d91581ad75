"""Sums and means over axes next to each other, on Helium: blocks of 32, 16 and 8, or lines."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

MOST = 256


def features(fields: Fields) -> dict[str, float]:
    outer, terms, inner = fields["outer"], fields["terms"], fields["inner"]
    if fields["kernel"] == "reduce_lines_mve":
        return {"call": 1, "eights": ceil_div(outer, 8), "lines": outer, "sixteens": outer * ceil_div(terms, 16)}
    wide, left = divmod(inner, 32)
    blocks = {32: wide, 16: left // 16, 8: ceil_div(left % 16, 8) * (inner >= 8), 1: int(inner < 8)}
    parts, some = ceil_div(terms, MOST), outer * sum(blocks.values())
    eights = sum(n * ceil_div(size, 8) for size, n in blocks.items())
    return {
        "call": 1, "outer": outer, "parts": some * parts, "blocks": some,
        **{f"rows_{size}": outer * terms * n for size, n in blocks.items()},
        "outputs": outer * eights, "flushed": outer * (parts - 1) * eights,
    }  # fmt: skip
