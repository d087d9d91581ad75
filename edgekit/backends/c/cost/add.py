"""Sums and differences: a walk over two operands."""

from __future__ import annotations

from edgekit.backends.c.cost._walk import carries
from edgekit.backends.c.cost._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, "outputs": fields["count"], "carries": carries(fields["count"], fields["dims"])}
