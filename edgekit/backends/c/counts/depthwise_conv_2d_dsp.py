"""Depthwise convolution with the DSP instructions: strips of two lines are transposed, then computed."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

GROUP = 4


def features(fields: Fields) -> dict[str, float]:
    channels, stride, words = fields["channels"], fields["stride"], fields["words"]
    groups, columns = fields["batches"] * ceil_div(channels, GROUP), fields["out_columns"]
    strips = ceil_div(fields["out_lines"], 3 - stride)
    pairs, most = (fields["columns"] - fields["pad_column"]) // 2, words - fields["pad_column"]
    apart = most - min(pairs, most)  # pairs of columns that are not whole
    of_channels = fields["batches"] * channels * strips
    starts = [2 * i - fields["pad_line"] + 2 for i in range(strips + 1)]
    seldom = sum(line >= fields["lines"] or channels < GROUP for line in starts) if channels % GROUP else 0
    seldom *= fields["batches"]
    quick = groups * (strips + 1) - seldom
    calls = (columns > 1) + columns % 2
    return {
        "call": 1, "batches": fields["batches"], "groups": groups, "tables": fields["batches"] * channels,
        "fills": groups * (strips + 1), "words": quick * words, "quick": quick, "apart": quick * apart,
        "narrow": seldom * words, "narrow_values": seldom * words * (channels % GROUP), "strips": groups * strips,
        "calls": groups * strips * calls, "channels": of_channels * calls,
        "blocks_1": of_channels * ceil_div(columns, 2) * (stride == 1),
        "blocks_2": of_channels * ceil_div(columns, 2) * (stride == 2),
        **clamped(fields, fields["batches"] * channels * fields["out_lines"] * columns),
    }  # fmt: skip
