"""Fully connected of many inputs on Helium: blocks of 8 units, then of 4 and fewer, sample by sample."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    chunks, rest, samples = fields["chunks"], fields["rest"], fields["batches"]
    units = _units(fields)
    named, few = units > 4, units % 8
    sizes = {8: units // 8, 4: int(few >= 4), **dict.fromkeys((1, 2, 3), 0)}
    if few % 4:
        sizes[few % 4] = 1
    found: dict[str, float] = {"call": 1, "samples": samples}
    for size, count in sizes.items():
        rounds = samples * count
        products = rest * size if size == 8 or rest > 2 else ceil_div(rest * size, 4)
        loads = rounds * (ceil_div(rest * size, 4) if rest < 3 else size * (rest > 0))
        del products
        found |= {f"blocks_{size}": rounds, f"chunks_{size}": rounds * chunks}
        found["rest"] = found.get("rest", 0) + rounds * rest * (size + 1) + loads
        found["rests"] = found.get("rests", 0) + rounds * (rest > 0)
    if not named:
        return found
    return found


def _units(fields: Fields) -> int:
    """From the stream's bytes."""
    kernel = str(fields["kernel"])
    if not kernel.endswith("blocks"):
        return int(kernel[-1])
    wide = 64 * fields["chunks"] + 16 * fields["rest"]
    return _of_bytes(int(fields["bytes"]), int(wide))


def _of_bytes(total: int, wide: int) -> int:
    for units in range(5, total // wide + 1):
        few = units % 8
        size = 4 + units // 8 * (4 + 8 * (wide + 12)) + (few >= 4) * (4 + 4 * (wide + 12))
        rest = few % 4
        size += (4 + 4 + wide + 8 if rest == 1 else 4 + rest * (wide + 4) + 32) * (rest > 0)
        if size == total:
            return units
    raise AssertionError(total)
