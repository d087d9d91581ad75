"""Sums and means over axes."""

from __future__ import annotations

from edgekit.backends.c.counts._walk import carries
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    outputs, terms = fields["outputs"], fields["terms"]
    carried = outputs * carries(terms, fields["reduced_dims"]) + carries(outputs, fields["dims"])
    return {"call": 1, "outputs": outputs, "terms": outputs * terms, "carries": carried}
