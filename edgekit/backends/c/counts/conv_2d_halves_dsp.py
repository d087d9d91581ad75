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
        **_expanded(fields, below * width, beside), **filled(fields), **_bands(fields),
        **clamped(fields, batches * fields["out_h"] * width * out_c),
    }  # fmt: skip


def _bands(fields: Fields) -> dict[str, float]:
    """Of bands that are copied what does not depend on the rows in them, and the fillings above and below the input."""
    span, fillings, copies = (fields["kernel_h"] - 1) * fields["dilation_h"] + 1, 0, 0
    for first, lines in bands(fields):
        top, read = first * fields["stride_h"] - fields["pad_top"], (lines - 1) * fields["stride_h"] + span
        fillings += (top < 0) + (top + read > fields["in_h"])
        copies += min(fields["in_row"], fields["pitch"] - fields["before"]) >= 16
    all_bands, copied = sum(1 for _ in bands(fields)), fields["copied"] * fields["batches"]
    return {"framed": fields["copied"], "copied_bands": copied * all_bands, "fillings": copied * fillings,
            "long_bands": copied * copies}  # fmt: skip


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
