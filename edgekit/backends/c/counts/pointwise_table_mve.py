"""1x1 convolution of one channel by tables on Helium: blocks of 16 pixels, for four channels at a time."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div

LANES = 16
MANY, MOST = LANES**2, LANES * 64  # bytes of a step of 16 channels, of 64


def features(fields: Fields) -> dict[str, float]:
    blocks, fours, rest = ceil_div(fields["count"], LANES), fields["fours"], fields["rest"]
    if fields["kernel"].endswith("_one"):
        return {"call": 1, "blocks": blocks}
    if fields["kernel"].endswith("_many"):
        return {"call": 1, "rounds": fours, "rest": rest > 0, "blocks": ceil_div(rest, LANES)}
    one, wide = fields["step"] == LANES, fields["step"] > MANY
    copied = {"pixels": fields["count"] * wide, "pixels_64": fields["count"] * (fields["step"] == MOST)}
    if fields["kernel"].endswith("_wide"):
        return {"call": 1, **copied}
    passes = fours * (not wide)
    found = {"call": 1, "fours": passes, "blocks_4": passes * blocks}
    for i in (1, 2, 3):
        found |= {f"rest_{i}": rest == i and not one, f"blocks_{i}": blocks * (rest == i and not one)}
    if fields["kernel"].endswith("_apart"):
        rows = fields["batches"] * fields["rows"]
        found |= {"batches": fields["batches"], "rows": rows, "vectors": rows * ceil_div(fields["columns"], LANES)}
        found |= {"one": one, "blocks": blocks * one, "wide": wide, **copied}
    return {name: float(value) for name, value in found.items()}
