"""Convolution of few weights with the DSP instructions: pairs of pixels whose taps are expanded."""

from __future__ import annotations

from edgekit.backends.c.counts._bands import bands, filled
from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

THREE, TOGETHER = 3, (6, 9)


def features(fields: Fields) -> dict[str, float]:
    batches, width, out_c = fields["batches"], fields["out_w"], fields["out_c"]
    every = [lines for _, lines in bands(fields)]
    below = batches * sum(lines // 2 for lines in every)  # passes over two lines
    odd = batches * sum(lines % 2 for lines in every)
    beside = odd * ceil_div(width, 2)
    pairs, groups = below * width + beside, fields["groups"]
    turns = ceil_div(groups - 1, 8)
    return {
        "call": 1, "images": batches, "bands": batches * len(every), "below": below,
        "odd_lines": odd, "beside": odd * (width > 1), "last": odd * (width % 2), "pixels": pairs,
        "channels": pairs * (out_c // 2), "groups": pairs * (out_c // 2) * groups,
        "turns": pairs * (out_c // 2) * turns,
        "single": pairs * (out_c % 2), "single_groups": pairs * (out_c % 2) * groups,
        "single_turns": pairs * (out_c % 2) * turns,
        **_expanded(fields, below * width, beside), **filled(fields),
        **clamped(fields, batches * fields["out_h"] * width * out_c),
    }  # fmt: skip


def _expanded(fields: Fields, below: int, beside: int) -> dict[str, float]:
    """Of pairs of pixels below each other and beside each other."""
    row, rows = fields["kernel_row"], fields["kernel_h"]
    words, rest = row // 4, int(row % 4 > 0)
    found: dict[str, float] = {}
    shared = below * (fields["stride_h"] == fields["dilation_h"])
    for name, times in (("shared", shared), ("apart", below - shared + beside)):
        for taps in TOGETHER:
            found[f"{name}_{taps}"] = times * (rows == THREE and row == taps)
        other = times * (rows == THREE and row not in TOGETHER)
        found |= {name: other, f"{name}_words": other * words, f"{name}_rests": other * rest}
    by_rows = (below + beside) * (rows != THREE)
    return {**found, "by_rows": by_rows, "rows": by_rows * rows, "row_words": by_rows * rows * words,
            "row_rests": by_rows * rows * rest}  # fmt: skip
