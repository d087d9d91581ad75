"""1x1 convolution of few channels on Helium: all pixels pass by filters that stay in registers."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def features(fields: Fields) -> dict[str, float]:
    filters, each = fields["filters"], 8 // fields["filters"]
    passes = fields["out_c"] // filters
    count = (fields["pixels"] - fields["last"]) // each
    more = ceil_div(fields["pixels"] - count * each, each)
    limited = fields["low"] != -128 or fields["high"] != 127
    rounds = passes * (count + more)
    return {
        "call": 1, "passes": passes, "again": passes * (more > 0), "limited": rounds * limited,
        "copied": more * each * fields["in_c"] / 16 if fields["last"] else 0,
        **{f"rounds_{n}": rounds * (filters == n) for n in (1, 2, 4)},
    }  # fmt: skip
