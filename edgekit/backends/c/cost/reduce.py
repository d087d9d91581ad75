"""Sums and means over axes."""

from __future__ import annotations

from edgekit.backends.c.cost._walk import carries
from edgekit.backends.c.cost._window import Fields


def features(fields: Fields) -> dict[str, float]:
    outputs, terms = fields["outputs"], fields["terms"]
    carried = outputs * carries(terms, fields["reduced_dims"]) + carries(outputs, fields["dims"])
    return {"call": 1, "outputs": outputs, "terms": outputs * terms, "carries": carried}
