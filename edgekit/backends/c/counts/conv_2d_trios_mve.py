"""3x3 convolution of three channels into three on Helium: pairs of rows, rounds of 48 outputs."""

from __future__ import annotations

from edgekit.backends.c.counts._picture import picture
from edgekit.backends.c.counts._window import Fields


def features(fields: Fields) -> dict[str, float]:
    if fields["kernel"].endswith("_13"):
        return {"call": 1}
    *moves, early, _, rounds = fields["steps"]
    batches, overlaps = fields["batches"], early > 0
    pairs, between = batches * len(moves), fields["between"]
    columns = {"odd": pairs * (between % 2), "columns": pairs * (between // 2)}
    return (
        picture(fields, len(moves))
        | columns
        | {"rounds": batches * (rounds + overlaps), "overlaps": batches * overlaps}
    )
