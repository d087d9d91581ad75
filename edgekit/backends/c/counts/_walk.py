"""How often `ek_walk` carries."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod


def carries(count: int, dims: Sequence[int]) -> int:
    """Turns of the loop in `ek_walk` beyond the first, over `count` steps."""
    return sum(count // max(1, prod(dims[d:])) for d in range(len(dims)))
