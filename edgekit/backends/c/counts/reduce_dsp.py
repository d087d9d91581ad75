"""Sums and means over axes next to each other, with the DSP instructions: blocks of 16, 8 and 4, or lines."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

MOST = 256


def features(fields: Fields) -> dict[str, float]:
    outer, terms, inner = fields["outer"], fields["terms"], fields["inner"]
    if fields["kernel"] == "reduce_lines_dsp":
        sixteens = terms // 16
        parts = ceil_div(sixteens, MOST // 4)
        return {
            "call": 1,
            "lines": outer,
            "parts": outer * parts,
            "sixteens": outer * sixteens,
            "odd": outer * (terms % 16),
        }
    left = inner % 16
    blocks = (
        {16: inner // 16, 8: left // 8, 4: left % 8 // 4} if inner % 4 == 0 else {16: 0, 8: 0, 4: ceil_div(inner, 4)}
    )
    parts = ceil_div(terms, MOST)
    some = outer * sum(blocks.values())
    return {
        "call": 1, "outer": outer, "blocks": some, "parts": some * parts,
        **{f"rows_{size}": outer * terms * n for size, n in blocks.items()},
        "fours": parts * outer * sum(n * size for size, n in blocks.items()) / 4,
        "outputs": outer * sum(n * size for size, n in blocks.items()),
    }  # fmt: skip
