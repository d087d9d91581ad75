"""Depthwise convolution with the DSP instructions: planes of four channels are transposed, then computed in columns of
blocks."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

GROUP, TAPS = 4, 3


def features(fields: Fields) -> dict[str, float]:
    threes, twos, band, lines = (fields[name] for name in ("threes", "twos", "band", "out_lines"))
    width = 3 * threes + 2 * twos
    words, pad = width - 1 + TAPS, fields["pad_column"]
    columns = min(fields["columns"], words - pad)
    strips, odd = lines // 2, lines % 2
    bands, edges = ceil_div(strips, band), GROUP * (band + 1 + odd)
    groups = fields["batches"] * fields["channels"] // GROUP
    parts, rows = _parts(fields, strips, odd), groups * (strips + 1 + odd)
    return {
        "call": 1, "edges": edges, "outside": edges * (words - pad - columns), "batches": fields["batches"],
        "bands": groups * bands, "copied": groups * (bands - 1) * words, "copies": groups * (bands - 1),
        "divided": parts * (groups if bands > 1 else fields["batches"]), "parts": groups * parts,
        "rows": rows, "odd_rows": rows * (columns % 2), "columns": rows * columns,
        "threes": groups * bands * threes, "twos": groups * bands * twos,
        "blocks_3": groups * strips * threes, "blocks_2": groups * strips * twos,
        "last_3": groups * odd * threes, "last_2": groups * odd * twos,
        **clamped(fields, groups * GROUP * lines * width),
    }  # fmt: skip


def _parts(fields: Fields, strips: int, odd: int) -> int:
    """Of a group's rows those that are transposed together: of lines that are all inside, or one."""
    band, pad, lines, found = fields["band"], fields["pad_line"], fields["lines"], 0
    for first in range(0, strips, band):
        row, end = first + (first > 0), min(first + band, strips) + 1
        end += odd * (end > strips)
        while row < end:
            whole = (lines - 2 * row + pad) >> 1
            row += 1 if 2 * row < pad or whole <= 0 else min(whole, end - row)
            found += 1
    return found
