"""Portable transposed convolution: pixels, pairs of channels, and a last one alone; their rows of taps and products."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, pixels
from edgekit.backends.c.phases import phases


def _inside(fields: Fields, of: str, side: str) -> tuple[int, int]:
    """Taps inside the input along an axis, of all outputs, and how many outputs have any."""
    every = phases(fields[f"kernel_{of}"], fields[f"stride_{of}"], fields[f"pad_{side}"], fields[f"out_{of}"])
    found = [
        sum(0 <= phase.start + at + i < fields[f"in_{of}"] for i in range(len(phase.taps)))
        for phase in every
        for at in range(phase.count)
    ]
    return sum(found), sum(count > 0 for count in found)


def features(fields: Fields) -> dict[str, float]:
    (rows, _), (columns, reached) = _inside(fields, "h", "top"), _inside(fields, "w", "left")
    rows *= fields["batches"]
    found: dict[str, float] = {"call": 1, "lines": fields["batches"] * fields["out_h"], "pixels": pixels(fields)}
    for name, times in (("pairs", fields["out_c"] // 2), ("single", fields["out_c"] % 2)):
        found |= {
            name: times * pixels(fields), f"{name}_rows": times * rows * fields["out_w"],
            f"{name}_long": times * rows * reached, f"{name}_products": times * rows * columns * fields["in_c"],
        }  # fmt: skip
    return found
