"""Two windows times four filters on Helium: pairs of windows, blocks of filters, vectors of a window."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div
from edgekit.backends.c.counts.conv_2d_mve import strips

FEWEST, VECTOR = 3, 16


def features(fields: Fields) -> dict[str, float]:
    vectors = ceil_div(fields["kernel_h"] * fields["kernel_w"] * fields["in_c"], VECTOR)
    blocks = fields["out_c"] // 4
    found: dict[str, float] = {"call": 1}
    batches, height, width = (fields[name] for name in ("batches", "out_h", "out_w"))
    if "_strips" not in fields["kernel"]:
        height, width = 1, batches * height * width
        jobs, pairs = 1 + width % 2, ceil_div(width, 2)
    elif fields["down"]:
        made = [*range(height // 2 * 2), *([height - 2, height - 1] if height % 2 else [])]
        jobs, pairs = batches * ceil_div(height, 2), batches * ceil_div(height, 2) * width
        found |= {"strips": batches * len(made), **strips(fields, made, 2)}
    else:
        jobs, pairs = batches * height * (1 + width % 2), batches * height * ceil_div(width, 2)
        found |= {"strips": batches * height, **strips(fields)}
    found |= {"jobs": jobs, "pairs": pairs, "blocks": pairs * (blocks - 1)}
    if not fields["kernel"].endswith(("_64", "_128", "_32", "_48", "_144")):
        found |= {"vectors": pairs * blocks * (vectors - FEWEST), "rounds": pairs * blocks * fields["trips"]}
    return found
