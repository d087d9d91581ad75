"""Maximum and minimum: a walk over two operands."""

from __future__ import annotations

from edgekit.backends.c.counts._walk import rows
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    return {"call": 1, "outputs": fields["count"], **rows(fields["count"], fields["dims"])}
