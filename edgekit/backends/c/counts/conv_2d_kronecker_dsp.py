"""Convolution of three channels by Kronecker substitution with the DSP instructions, four pixels of two channels."""

from __future__ import annotations

from edgekit.backends.c.counts._rows import expanded
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    batches, rows, blocks = fields["batches"], list(expanded(fields)), fields["blocks"]
    lines = batches * fields["out_h"] * (fields["out_c"] // 2)
    filled, inside = (batches * sum(numbers) for numbers in zip(*((a + b, some) for a, some, b in rows), strict=True))
    return {
        "call": 1, "bands": batches * len(rows), "padding": filled, "filled": filled * blocks,
        "rows": inside, "columns": inside * blocks,
        "channels": batches * len(rows) * (fields["out_c"] // 2), "lines": lines, "longer": lines * (blocks > 1),
        "tails": lines * fields["tail"], "blocks": lines * blocks,
    }  # fmt: skip
