"""1x1 convolutions of 2, 3 or 5 inputs into one channel with the DSP instructions."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

FOUR, EIGHT = 4, 8  # pixels of a block; of a turn


def features(fields: Fields) -> dict[str, float]:
    if fields["kernel"].endswith("fours_dsp"):
        fours = fields["line"] // FOUR
        return {"call": 1, "fours": fours, "turns": ceil_div(fours, 2), "back": int(fields["back"] > 0)}
    lines = fields["images"] * (fields["size"] // fields["line"])
    turns = lines * ceil_div(fields["line"], EIGHT)
    return {"call": 1, "pixels": lines * fields["line"], "turns": turns, "lines": lines, "images": fields["images"] - 1}
