"""A picture between rows of zero points in scratch on Helium, `picture_mve.h`: what its forms' features share."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields, ceil_div


def picture(fields: Fields, pairs: int) -> dict[str, float]:
    """Copies, and pairs of rows with the rounds of columns between their first and last one."""
    batches = fields["batches"]
    return {
        "call": 1, "pictures": batches, "fill": batches * fields["fill"], "chunks": batches * fields["chunks"],
        "rests": batches * ceil_div(fields["rest"], 16), "pairs": batches * pairs,
        "columns": batches * pairs * fields["between"],
    }  # fmt: skip
