"""Pooling on Helium, 16 channels at a time; averages 8 where there are fewer, and in runs."""

from __future__ import annotations

from edgekit.backends.c.counts._pool import Pool, limited
from edgekit.backends.c.counts._window import Fields, ceil_div, pixels


def features(fields: Fields) -> dict[str, float]:
    pool, channels = Pool.of(fields), fields["in_c"]
    average, few = fields["kernel"].startswith("average"), fields["kernel"].endswith(("_few_mve", "_words_mve"))
    in_run = ceil_div(pool.inside, max(1, pool.runs))
    vectors = (
        ceil_div(in_run, 16 // channels) * pool.runs if few else pool.inside * ceil_div(channels, 16 - 8 * average)
    )
    return {
        "call": 1, "lines": pool.lines, "pixels": pool.alone, **pool.blocks("sixteen", channels // 16),
        **pool.blocks("part", ceil_div(channels % 16, 16 - 8 * average)),
        "runs": pool.runs, "inside": pool.inside * (not few), "vectors": vectors,
        "limited": limited(fields) * ceil_div(pixels(fields) * channels, 16),
    }  # fmt: skip
