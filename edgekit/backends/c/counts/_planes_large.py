"""Features of depthwise convolutions with the DSP instructions, of more than 3x3 taps: planes of four channels are
transposed, then computed in columns of blocks."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div, clamped

GROUP = 4


def large(fields: Fields, below: int) -> dict[str, float]:
    """Features of a kernel whose strips read so many rows of words beside their first one."""
    threes, twos, band, lines = (fields[name] for name in ("threes", "twos", "band", "out_lines"))
    stride = 2 if "two" in fields["kernel"] else 1
    words, pad = stride * (3 * threes + 2 * twos - 1) + 2 * below + 1, fields["pad_column"]
    strips, odd = divmod(lines, 2) if stride == 1 else (lines, 0)
    columns = min(fields["columns"], words - pad)
    bands, batches, groups = ceil_div(strips, band), fields["batches"], fields["channels"] // GROUP
    parts, rows = _parts(fields, strips, odd, below)
    filled = batches * bands if bands > 1 else 1
    done, rows = batches * groups, batches * groups * rows
    return {
        "call": 1, "batches": batches, "bands": batches * bands,
        "outside": filled * GROUP * words * (band + below + odd),
        "divided": batches * parts, "parts": done * parts,
        "rows": rows, "odd_rows": rows * (columns % 2), "entered": rows * (columns // 2 % 2), "columns": rows * columns,
        "groups": done * bands,
        "threes": done * bands * threes, "twos": done * bands * twos,
        "blocks_3": done * strips * threes, "blocks_2": done * strips * twos,
        **({"last_3": done * odd * threes, "last_2": done * odd * twos} if stride == 1 else {}),
        **clamped(fields, batches * groups * GROUP * lines * (3 * threes + 2 * twos)),
    }  # fmt: skip


def _parts(fields: Fields, strips: int, odd: int, below: int) -> tuple[int, int]:
    """Of all bands of a group: how often lines that are all inside, or one, are transposed together; their rows."""
    band, pad, lines, found, inside = fields["band"], fields["pad_line"], fields["lines"], 0, 0
    for first in range(0, strips, band):
        row, last = first, min(first + band, strips)
        end = last + below + odd * (last == strips)
        while row < end:
            line, whole = 2 * row - pad, (lines - 2 * row + pad) >> 1
            rows = 1 if line < 0 or whole <= 0 else min(whole, end - row)
            if -1 <= line < lines:
                found, inside = found + 1, inside + rows
            row += rows
    return found, inside
