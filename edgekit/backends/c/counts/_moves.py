"""What kernels share that move bytes: the C library's memcpy and memset have ways for aligned words and for bytes."""

from __future__ import annotations

from collections.abc import Iterable

from edgekit.backends.c.counts._walk import carries
from edgekit.backends.c.counts._window import Fields


def copied(times: int, size: int, aligned: bool) -> dict[str, float]:
    """`times` calls of memcpy for `size` bytes; aligned: source and destination always lie at multiples of 4."""
    words = {"words_64": size // 64, "words_4": size % 64 // 4, "words_1": size % 4}
    counted = words if aligned else dict.fromkeys(words, 0)
    return {"copies": times, "unaligned": times * (not aligned), **{n: times * c for n, c in counted.items()},
            "bytes": 0 if aligned else times * size}  # fmt: skip


def together(parts: Iterable[dict[str, float]]) -> dict[str, float]:
    """Sums by name."""
    total: dict[str, float] = {}
    for part in parts:
        total |= {name: total.get(name, 0) + count for name, count in part.items()}
    return total


def blocks(fields: Fields) -> dict[str, float]:
    """A walk that copies blocks of `block` bytes, single ones without memcpy."""
    count, block = fields["count"], fields["block"]
    aligned = not any(n % 4 for n in (block, fields["start"], *fields["strides"]))
    return {
        "call": 1, "singles": count * (block == 1), "carries": carries(count, fields["dims"]),
        **copied(count * (block != 1), block, aligned),
    }  # fmt: skip
