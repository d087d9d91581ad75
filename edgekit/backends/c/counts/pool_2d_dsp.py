"""Pooling with the DSP instructions: windows inside by runs of a row where the kernel is for their size, others one by one."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, axis, ceil_div, pixels

GENERAL = ("average_pool_2d_dsp", "max_pool_2d_dsp")


def features(fields: Fields) -> dict[str, float]:
    h, w = axis(fields, "h"), axis(fields, "w")
    channels, whole = fields["in_c"], fields["in_c"] % 4 == 0
    every = [(height, width) for height in h.inside for width in w.inside]
    runs = 0 if fields["kernel"] in GENERAL or not w.full else fields["batches"] * h.full
    inside, full = runs * w.full, (fields["kernel_h"], fields["kernel_w"])
    sixteens = channels // 16 if whole else 0
    fours = ceil_div(channels - 16 * sixteens, 4)
    alone = fields["batches"] * len(every) - inside
    rows = fields["batches"] * sum(1 if x == fields["in_w"] else y for y, x in every)
    rows -= inside * (1 if full[1] == fields["in_w"] else full[0])
    values = fields["batches"] * sum(y * x for y, x in every) - inside * full[0] * full[1]
    eights = channels // 8 if whole and fields["kernel"].startswith("max") else 0
    limited = fields["low"] > -128 or fields["high"] < 127
    return {
        "call": 1, "lines": fields["batches"] * fields["out_h"], "pixels": alone,
        "sixteens": alone * sixteens, "rows_of_sixteen": rows * sixteens, "values_of_sixteen": values * sixteens,
        "fours": alone * fours, "rows_of_four": rows * fours, "values_of_four": values * fours,
        "runs": runs, "pixels_inside": inside, "pixels_of_eights": inside * (eights > 0), "eights": inside * eights,
        "fours_inside": inside * ceil_div(channels - 8 * eights, 4), "ragged": inside * (channels % 4 > 0),
        "limited": limited * ceil_div(pixels(fields) * channels, 4),
    }  # fmt: skip
