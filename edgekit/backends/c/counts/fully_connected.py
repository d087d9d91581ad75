"""Portable fully connected layer."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    outputs = fields["batches"] * fields["out_c"]
    vectors, left = divmod(fields["in_c"], 16)
    return {
        "call": 1, "batches": fields["batches"], "outputs": outputs, "macs": outputs * fields["in_c"],
        "vectors": outputs * vectors, "left": outputs * left,
    }  # fmt: skip
