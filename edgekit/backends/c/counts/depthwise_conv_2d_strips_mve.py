"""Depthwise convolution by strips on Helium: 16 channels of a band are laid out, then 4 are computed at a time."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.counts._window import Fields, axis, ceil_div


def features(fields: Fields) -> dict[str, float]:
    channels, height = fields["in_c"], fields["kernel_h"]
    starts = [min(at, fields["out_h"] - fields["band"]) for at in range(0, fields["out_h"], fields["band"])]
    bands, groups = fields["batches"] * len(starts), ceil_div(channels, 16)
    h = axis(fields, "h")
    rows = [start + r for start in starts for r in range(fields["band"])]
    whole = fields["batches"] * sum(h.inside[r] == height for r in rows)
    every, broken = fields["batches"] * len(rows), fields["batches"] * len(rows) - whole
    inside = int(np.count_nonzero(fields["column_table"] >= 0))
    outside = fields["columns"] - inside
    three, some = height == 3, channels % 16 > 0
    filters = bands * ceil_div(channels, 4) * fields["depth_multiplier"]
    outputs = fields["band"] * fields["out_w"]
    held = fields["chunks"] == 1 and channels % 4 == 0 and not fields["shifted"]
    odd = outputs > 1 and outputs % 2 > 0
    pairs = outputs // 2 if held and odd else ceil_div(outputs, 2)
    limited = (fields["low"] != -128 or fields["high"] != 127) and not fields["shifted"]
    jobs = bands * (groups if fields["depth_multiplier"] == 1 else ceil_div(channels, 4))
    words = {
        "whole_columns": whole * inside, "broken_columns": broken * inside, "outside_columns": every * outside,
        "three_rows": every,
    } if three else {
        "many_rows": every, "many_columns": every * fields["columns"], "many_words": every * inside * height,
        "many_outside": every * outside * height,
    }  # fmt: skip
    laid = {name: count * groups for name, count in words.items()}
    if some:
        laid |= {"some_words": (every if not three else 0) * inside * height, "some_three": every * inside * three}
    return {
        "call": 1, "bands": bands, "groups": bands * groups, "jobs": jobs, "filters": filters,
        "found_rows": bands * fields["band"], "found": bands * fields["band"] * height, **laid,
        "again": filters * odd * (not held), "single": filters * odd * held,
        "held": filters * pairs * held, "held_limited": filters * (pairs + odd) * held * limited,
        "taken": filters * pairs * (not held), "chunks": filters * pairs * fields["chunks"] * (not held),
        "taken_limited": filters * pairs * (not held) * limited, "shifted": filters * pairs * fields["shifted"],
    }  # fmt: skip
