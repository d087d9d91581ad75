"""Functions of one value by table, with words of values."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields

BLOCK, WORD = 16, 4


def features(fields: Fields) -> dict[str, float]:
    blocks, rest = divmod(fields["count"], BLOCK)
    words, alone = divmod(rest, WORD)
    return {"call": 1, "blocks": blocks, "words": words, "alone": alone}
