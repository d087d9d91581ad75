"""Depthwise convolution with the DSP instructions: planes of four channels are transposed, then computed in columns of
blocks."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

GROUP, TAPS = 4, 3


def features(fields: Fields) -> dict[str, float]:
    threes, twos, band, lines = (fields[name] for name in ("threes", "twos", "band", "out_lines"))
    stride = 2 if "two" in fields["kernel"] else 1
    width = 3 * threes + 2 * twos
    words, pad = stride * (width - 1) + TAPS, fields["pad_column"]
    columns = min(fields["columns"], words - pad)
    strips, odd = (lines // 2, lines % 2) if stride == 1 else (lines, 0)
    bands, edges = ceil_div(strips, band), GROUP * (band + 1 + odd)
    batches, groups = fields["batches"], fields["batches"] * fields["channels"] // GROUP
    parts, outside = _parts(fields, strips, odd)
    rows, parts_all = groups * (strips + 1 + odd), groups * parts
    if bands == 1:  # transposed once an image
        rows, parts_all = rows - (groups - batches) * outside, parts_all - (groups - batches) * outside
    return {
        "call": 1, "edges": edges, "outside": edges * (words - pad - columns), "batches": batches,
        "bands": groups * bands,
        "divided": parts * (groups if bands > 1 else batches), "parts": parts_all,
        "rows": rows, "odd_rows": rows * (columns % 2), "entered": rows * (columns // 2 % 2), "columns": rows * columns,
        **(_blocks if stride == 1 else _blocks_two)(fields, groups),
        **clamped(fields, groups * GROUP * lines * width),
    }  # fmt: skip


def _blocks(fields: Fields, groups: int) -> dict[str, float]:
    threes, twos, (strips, odd) = fields["threes"], fields["twos"], divmod(fields["out_lines"], 2)
    bands = groups * ceil_div(strips, fields["band"])
    return {
        "threes": bands * threes, "twos": bands * twos,
        "blocks_3": groups * strips * threes, "blocks_2": groups * strips * twos,
        "last_3": groups * odd * threes, "last_2": groups * odd * twos,
    }  # fmt: skip


def _blocks_two(fields: Fields, groups: int) -> dict[str, float]:
    """Lines of them; the last of an odd number of columns costs a little more."""
    columns = 2 * fields["threes"] + fields["twos"]
    whole, rest = divmod(fields["out_lines"], fields["band"])
    lines = GROUP * groups * (whole * ceil_div(fields["band"], 2) + ceil_div(rest, 2))
    return {"block_lines": lines, "last_columns": lines * fields["threes"], "blocks": lines * columns}


def _parts(fields: Fields, strips: int, odd: int) -> tuple[int, int]:
    """Of a group's rows those that are transposed together: of lines that are all inside, or one. And how many of the
    last ones are all outside."""
    band, pad, lines, found, outside = fields["band"], fields["pad_line"], fields["lines"], 0, 0
    for first in range(0, strips, band):
        row, end = first + (first > 0), min(first + band, strips) + 1
        end += odd * (end > strips)
        while row < end:
            outside += 2 * row - pad >= lines
            whole = (lines - 2 * row + pad) >> 1
            row += 1 if 2 * row < pad or whole <= 0 else min(whole, end - row)
            found += 1
    return found, outside
