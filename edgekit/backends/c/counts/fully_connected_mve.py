"""Fully connected of many inputs on Helium: blocks of 8 units, then of 4 and fewer, sample by sample."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

SIZES = (1, 2, 3, 4, 8)


def features(fields: Fields) -> dict[str, float]:
    if "four" in str(fields["kernel"]):
        return {"call": 1}
    chunks, rest, samples = fields["chunks"], int(fields["rest"]), fields["batches"]
    sizes = _sizes(fields, 64 * chunks + 16 * rest)
    found: dict[str, float] = {"call": 1, "samples": samples, "rest": 0}
    for size in SIZES:
        rounds = samples * sizes.count(size)
        found |= {f"blocks_{size}": rounds, f"chunks_{size}": rounds * chunks}
        found["rest"] += rounds * _rest(size, rest)
    return found


def _rest(size: int, rest: int) -> int:
    """Instructions for the inputs after the chunks: their loads, products, loads of weights, and the way there."""
    if rest == 0:
        return 0
    loads = ceil_div(size * rest, 4) if rest < 3 else size
    return rest + size * rest + loads + 1 + (rest < 4) + (size == 8)


def _sizes(fields: Fields, width: int) -> list[int]:
    """Of a sample's blocks, from the stream's bytes."""
    kernel = str(fields["kernel"])
    if not kernel.endswith("blocks"):
        return [int(kernel[-1])]
    eight = 4 + 8 * (width + 12)
    many, left = divmod(int(fields["bytes"]) - 4, eight)
    sizes = [8] * many
    for size in (4, 3, 2, 1):
        bytes_of = 4 + size * (width + 4) + (8 if size == 1 else 32)
        if left >= bytes_of:
            sizes.append(size)
            left -= bytes_of
    assert left == 0
    return sizes
