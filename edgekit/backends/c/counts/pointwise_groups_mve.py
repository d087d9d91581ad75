"""1x1 convolution of up to 8 channels on Helium: groups of pixels, and 8 output channels of each."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

FOUR = 4  # pixels, whose outputs are `pitch` bytes


def features(fields: Fields) -> dict[str, float]:
    out_c = fields["pitch"] // FOUR
    groups = 1 + ceil_div(fields["last_y"], fields["step_y"] + out_c)
    ended = fields["last_y"] % (fields["step_y"] + out_c) > 0  # pixels that are computed twice
    found = {"call": 1, "ended": ended, "groups": groups, "blocks": groups * (out_c // 8)}
    if "pictures" in fields:
        rows = fields["pictures"] * fields["rows"]
        found |= {"pictures": fields["pictures"], "rows": rows, "pixels": rows * fields["columns"]}
    return found
