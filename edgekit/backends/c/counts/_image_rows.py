"""How often the parts of `rows_mve.h` run: rows of an image in scratch, and zero points around them."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.counts._window import Fields, ceil_div

CHUNK, VECTOR = 64, 16  # bytes


def rows(fields: Fields, numbers: int) -> dict[str, float]:
    """Of all bands, tables of `numbers` numbers for each."""
    _, _, chunks, rest, _, _ = fields["rows"]
    found = dict.fromkeys(("bands", "heads", "tails", "copied_rows", "chunked_rows", "copied_chunks", "copied",
                           "gaps", "wide_gaps", "filled"), 0.0)  # fmt: skip
    for name, times in (("bands", 1), ("others", fields["batches"] - 1)):
        if not times:
            continue
        for head, _, _, count, gap, _, tail, _ in np.asarray(fields[name]).reshape(-1, numbers).tolist():
            wide = gap > VECTOR and (gap > CHUNK or chunks == 0)
            between = (count - 1) * ceil_div(gap, VECTOR) * wide
            for feature, value in (
                ("bands", 1), ("heads", head > 0), ("tails", tail > 0), ("copied_rows", count),
                ("chunked_rows", count * (chunks > 0)), ("copied_chunks", count * chunks),
                ("copied", count * ceil_div(rest, VECTOR)), ("gaps", (count - 1) * (gap > 0)),
                ("wide_gaps", (count - 1) * wide),
                ("filled", between + ceil_div(head, VECTOR) + ceil_div(tail, VECTOR)),
            ):  # fmt: skip
                found[feature] += times * value
    return found
