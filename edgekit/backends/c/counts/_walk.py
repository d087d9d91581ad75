"""How often `ek_walk` and its kin carry."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod


def carries(count: int, dims: Sequence[int]) -> int:
    """Turns of the loop in `ek_walk` beyond the first, over `count` steps."""
    return sum(count // max(1, prod(dims[d:])) for d in range(len(dims)))


def rows(count: int, dims: Sequence[int]) -> dict[str, float]:
    """Rows of the last dimension, and turns of the loop in `ek_walk_from` beyond the first, once a row."""
    number = count // dims[-1]
    return {"rows": number, "carries": carries(number, dims[:-1])}
