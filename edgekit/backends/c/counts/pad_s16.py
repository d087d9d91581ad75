"""Padding of int16: everything is filled, then the blocks are copied."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import blocks
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    words, rest = divmod(fields["elements"], 2)
    return {**blocks(fields), "filled": words, "filled_rest": rest}
