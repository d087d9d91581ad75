"""Depthwise convolution on Helium by gathered windows: zero points, copies of groups, blocks of 4 outputs."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

VECTOR, WORDS = 16, 4


def features(fields: Fields) -> dict[str, float]:
    samples = fields["batches"]
    groups = samples * fields["groups"]
    blocks = groups * fields["group_blocks"]
    rows, four = groups * fields["copied"], fields["step"] > 0
    return {
        "call": 1, "filled": fields["fill"], "samples": samples, "groups": groups,
        "groups_of_four": groups * four, "copied": rows,
        "vectors": rows * ceil_div(fields["line"], VECTOR) * (not four),
        "words": rows * ceil_div(fields["line"], WORDS) * four,
        "blocks": blocks, "rows": blocks * fields["rows"], "pixels": blocks * fields["rows"] * fields["columns"],
        "limited": fields["clamped"] > 0, "clamped": ceil_div(fields["clamped"], VECTOR),
    }  # fmt: skip
