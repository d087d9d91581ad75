"""Lines that are brought to scratch with their padding, run by run: of convolutions along one axis."""

from __future__ import annotations

from edgekit.backends.c.counts._moves import together
from edgekit.backends.c.counts._window import Fields, ceil_div, clamped


def lines_of(fields: Fields) -> dict[str, float]:
    """`lines_of` of `conv_1d_lines_dsp.h`, and how many windows it has."""
    images, lines, columns = (fields[name] for name in ("images", "lines", "columns"))
    starts = range(0, columns, fields["segment"])
    made = [_segment(fields, start, min(fields["segment"], columns - start)) for start in starts]
    runs = images * ceil_div(lines, fields["run"])
    changed = 1 if len(made) == 1 else runs * sum(found["cleared"] for found in made)
    cleared = changed * (made[0]["cleared"] > 0 or len(made) > 1)
    counted = together({name: n for name, n in found.items() if name != "cleared"} for found in made)
    return {
        "call": 1, "images": images, "line_runs": runs, "runs": runs * len(made),
        "clears": cleared, "cleared": cleared * fields["run"] * fields["pitch"],
        **{name: images * lines * n for name, n in counted.items()},
        "pixels": images * lines * columns, **clamped(fields, images * lines * columns * fields["out_c"]),
    }  # fmt: skip


def _segment(fields: Fields, start: int, count: int) -> dict[str, float]:
    """Of one line; `cleared` of one run."""
    first = start * fields["step"] - fields["pad"]
    size, before = (count - 1) * fields["step"] + fields["window"], max(0, -first)
    inside = max(0, min(fields["size"] - (first + before), size - before))
    return {
        "lines": 1, "sixteens": inside // 16, "words": inside % 16 // 4, "bytes": inside % 4,
        "cleared": inside < size,
    }  # fmt: skip
