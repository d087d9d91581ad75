"""Two windows times four filters on Helium: pairs of windows, blocks of filters, vectors of a window."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div
from edgekit.backends.c.counts.conv_2d_mve import strips

FEWEST, VECTOR = 3, 16


def features(fields: Fields) -> dict[str, float]:
    vectors = ceil_div(fields["kernel_h"] * fields["kernel_w"] * fields["in_c"], VECTOR)
    blocks = fields["out_c"] // 4
    found: dict[str, float] = {"call": 1}
    if fields["kernel"].startswith("conv_2d_by_twos_mve_strips"):
        lines, width = fields["batches"] * fields["out_h"], fields["out_w"]
        found |= strips(fields)
    else:
        lines, width = 1, fields["batches"] * fields["out_h"] * fields["out_w"]
    if fields["down"]:
        jobs = fields["batches"] * ceil_div(fields["out_h"], 2)
        pairs = jobs * width
    else:
        jobs, pairs = lines * (1 + width % 2), lines * ceil_div(width, 2)
    found |= {"jobs": jobs, "pairs": pairs, "blocks": pairs * (blocks - 1)}
    if not fields["kernel"].endswith(("_64", "_128", "_48")):
        found |= {"vectors": pairs * blocks * (vectors - FEWEST), "rounds": pairs * blocks * fields["trips"]}
    return found
