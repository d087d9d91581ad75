"""Depthwise convolution with the DSP instructions: planes of four channels are transposed, then computed in columns of
blocks."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

GROUP, TAPS = 4, 3


def features(fields: Fields) -> dict[str, float]:
    stride = 2 if "apart" in fields["kernel"] else 1
    threes, twos, band, lines = (fields[name] for name in ("threes", "twos", "band", "lines"))
    width = 3 * threes + 2 * twos
    words = (width - 1) * stride + TAPS
    pad, of_strip = fields["pad_column"], 3 - stride
    columns = min(fields["columns"], words - pad)
    strips = ceil_div(fields["out_lines"], of_strip)
    groups = fields["batches"] * fields["channels"] // GROUP
    bands = ceil_div(strips, band)
    parts, fills = _parts(fields, strips, of_strip), _fills(fields, strips)
    rows = strips + 1
    return {
        "call": 1, "edges": GROUP * (band + 1), "outside": GROUP * (band + 1) * (words - pad - columns),
        "batches": fields["batches"], "groups": groups, "bands": groups * bands,
        "copies": groups * (bands - 1), "copied": groups * (bands - 1) * words,
        "fills": groups * fills, "rows": groups * rows, "odd_rows": groups * rows * (columns % 2),
        "columns": groups * rows * columns, "parts": groups * parts,
        "threes": groups * parts * threes, "twos": groups * parts * twos,
        "blocks_3": groups * strips * threes, "blocks_2": groups * strips * twos,
        **clamped(fields, groups * GROUP * fields["out_lines"] * width),
    }  # fmt: skip


def _parts(fields: Fields, strips: int, of_strip: int) -> int:
    """Strips whose blocks are computed in one go: those of a band, but for a last one of one line."""
    bands, odd = ceil_div(strips, fields["band"]), fields["out_lines"] % of_strip
    return bands + (odd and strips % fields["band"] != 1 % fields["band"])


def _fills(fields: Fields, strips: int) -> int:
    """Calls that transpose rows: of lines that are all inside, or of one row."""
    band, pad, lines, found = fields["band"], fields["pad_line"], fields["lines"], 0
    for first in range(0, strips, band):
        row, end = first + (first > 0), min(first + band, strips) + 1
        while row < end:
            line = 2 * row - pad
            whole = (lines - line) >> 1
            row += 1 if line < 0 or whole <= 0 else min(whole, end - row)
            found += 1
    return found
