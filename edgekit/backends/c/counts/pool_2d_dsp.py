"""Pooling with the DSP instructions, 16 or 4 channels at a time; runs 8 or 4."""

from __future__ import annotations

from edgekit.backends.c.counts._pool import Pool, limited
from edgekit.backends.c.counts._window import Fields, ceil_div, pixels

BY_FOURS = ("max_pool_2d_two", "max_pool_2d_four", "average_pool_2d_two", "average_pool_2d_four")  # at edges


def features(fields: Fields) -> dict[str, float]:
    pool, channels = Pool.of(fields), fields["in_c"]
    words = channels % 4 == 0
    sixteens = channels // 16 if words and not fields["kernel"].startswith(BY_FOURS) else 0
    eights = channels // 8 if words and fields["kernel"].startswith("max") else 0
    return {
        "call": 1, "lines": pool.lines, "pixels": pool.alone, **pool.blocks("sixteen", sixteens),
        **pool.blocks("four", ceil_div(channels - 16 * sixteens, 4)),
        "runs": pool.runs, "inside": pool.inside, "inside_of_eights": pool.inside * (eights > 0),
        "eights": pool.inside * eights, "fours": pool.inside * ceil_div(channels - 8 * eights, 4),
        "ragged": pool.inside * (channels % 4 > 0),
        "limited": limited(fields) * ceil_div(pixels(fields) * channels, 4),
    }  # fmt: skip
