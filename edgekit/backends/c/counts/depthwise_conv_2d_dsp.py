"""Depthwise convolution with the DSP instructions: strips of two lines are transposed, then computed."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

GROUP = 4


def features(fields: Fields) -> dict[str, float]:
    channels, stride, words = fields["channels"], fields["stride"], fields["words"]
    batches, columns, many = fields["batches"], fields["out_columns"], fields["depth_multiplier"]
    groups, strips = batches * ceil_div(channels, GROUP), ceil_div(fields["out_lines"], 3 - stride)
    pairs, most = (fields["columns"] - fields["pad_column"]) // 2, words - fields["pad_column"]
    apart = most - min(pairs, most)  # pairs of columns that are not whole
    outputs = batches * channels * many
    rest = channels % GROUP
    narrow = batches * sum(not _quick(fields, 2 * i - fields["pad_line"], rest) for i in range(strips + 1))
    quick = groups * (strips + 1) - narrow
    calls = (columns > 1) + columns % 2
    return {
        "call": 1, "batches": batches, "groups": groups, "tables": outputs, "repeated": outputs * (many > 1),
        "fills": groups * (strips + 1), "words": quick * words, "quick": quick, "apart": quick * apart,
        "narrow": narrow * words, "narrow_values": narrow * words * rest, "strips": groups * strips,
        "calls": groups * strips * calls, "channels": outputs * strips * calls,
        "blocks_1": outputs * strips * ceil_div(columns, 2) * (stride == 1),
        "blocks_2": outputs * strips * ceil_div(columns, 2) * (stride == 2),
        **clamped(fields, outputs * fields["out_lines"] * columns),
    }  # fmt: skip


def _quick(fields: Fields, line: int, rest: int) -> bool:
    """Whether the last group's channels are read with others: those after them, or those before."""
    others = GROUP - rest if rest else 0
    below, step = fields["lines"] - 2 - line, fields["line_step"]
    before = max(line, 0) * step + fields["channels"] - rest
    return others == 0 or below < -1 or max(below * step, before) >= others
